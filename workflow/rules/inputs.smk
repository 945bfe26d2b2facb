"""What rules ask of the study and of the user's files: content, settings, chunks of patients. No rules live here."""

import json


def content(*sources):
    """Make a params function: the content of files that people write or install, so that another one reruns a job.

    A source is a path, a list of paths, or an input function. Made of wildcards alone: Snakemake does not record what
    is derived from `input`.
    """

    def name(wildcards):
        found = [source(wildcards) if callable(source) else source for source in sources]
        listed = [[files] if isinstance(files, str) else files for files in found]
        return fingerprint_of(tuple(str(file) for files in listed for file in files))

    return name


@cache
def fingerprint_of(files):
    """Name the content of several files, once for all jobs that read the same ones."""
    return CONTENTS.fingerprint(files)


def in_chunk(chunk):
    """Mark the rows of the roster that a chunk holds."""
    return ROSTER["patient"].map(lambda patient: chunk_of(patient, STUDY["study"]["chunks"])) == int(chunk)


def at_home(phase, path):
    """Make an input function: a path of a phase, in the folder of the variant that holds it, for one or all chunks."""

    def find(wildcards):
        known = dict(wildcards.items())
        return expand(path, **{"chunk": chunks(), **known, "variant": home(STUDY, wildcards.variant, phase)})

    return find


@cache
def outlines_drawn():
    """List the user's outlines. Jobs get their content as a parameter and not as inputs, whose names are shown."""
    return sorted(file for file in Path("data/outlines").rglob("[!.]*") if file.is_file())


def outline_files(wildcards):
    """List the user's outlines but those named after a case of another chunk."""
    elsewhere = set(ROSTER["case"][~in_chunk(wildcards.chunk)])
    return [str(file) for file in outlines_drawn() if file.name.split(".")[0].split("-")[0] not in elsewhere]


def cut(keys, wildcards):
    """Cut the study, as the wildcard variant sees it, to the named keys; a key may hold wildcards."""
    known = dict(wildcards.items())
    return pick(SEEN[known.get("variant", MAIN)], [key.format(**known) for key in keys])


def settings(*keys):
    """Make a params function: the named keys with their defaults, as JSON.

    A key may hold wildcards (`train.models.{model}`), so that a job reruns when its own model changes and only then.
    Every job has `study.portable`, which changes the last digits of all.
    """
    return lambda wildcards: as_json(cut(["study.portable", *keys], wildcards))


def as_json(params):
    """Write parameters sorted by key, but for maps whose order counts, or is that of the page."""
    ordered = json.loads(json.dumps(params, sort_keys=True))
    for section, key in (("study", "tasks"), ("select", "folds"), ("evaluate", "follow_up")):
        if isinstance(listed := params.get(section, {}).get(key), dict):
            ordered[section][key] = {name: ordered[section][key][name] for name in listed}
    return json.dumps(ordered)


def members(wildcards):
    """Name the rows of a chunk by their hash: a change to the cohort reruns only the chunks it touches."""
    return fingerprint(ROSTER[in_chunk(wildcards.chunk)].drop(columns="split"))


def labelled():
    """Cut the roster down to the cases that have an image labelled for quality control."""
    stems = Path(QC_LABELS).read_text().splitlines()[1:] if Path(QC_LABELS).exists() else []
    cases = {line.split(",")[0].split("-")[0] for line in stems}
    return ROSTER[ROSTER["case"].isin(cases)]


def labelled_chunks(path):
    """Expand a path over the chunks that hold a labelled image."""
    chunked = {chunk_of(patient, STUDY["study"]["chunks"]) for patient in labelled()["patient"]}
    return expand(path, chunk=sorted(chunked))
