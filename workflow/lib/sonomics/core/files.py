"""Files that are either whole or absent."""

import errno
import json
import math
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sonomics.core.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd


NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# Nodes of a YAML file with its aliases written out: a study of a thousand keys has a few thousand. A convention.
MOST_YAML_NODES = 100_000


def stop_without_room(error: Exception) -> None:
    """Raise an error again if it says that the disk is full: no item is at fault, and the others would fail too."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        raise error


# The name that `replacing` gives: of the file, and of the process that writes it.
_TEMPORARY = re.compile(r"\..+\.([0-9]+)\.part")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it takes the place of `path`.

    The block may make the temporary path a file or a directory. When it raises, `path` is left as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")  # as _TEMPORARY finds it again
    try:
        yield temporary
        if path.is_dir():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        else:
            temporary.unlink(missing_ok=True)


def remove_leftovers(folders: Iterable[Path]) -> list[Path]:
    """Remove what writers that were killed have left: temporary files and folders of `replacing`, by their name.

    Nothing else is touched, and nothing whose writer may still run on this machine; the caller makes sure that none
    runs on another one. Links are not followed.

    Parameters
    ----------
    folders : iterable of Path
        They and all below them; those that are missing are passed over.

    Returns
    -------
    list of Path
        What was removed, sorted.
    """
    found = [path for folder in folders for path in _find_leftovers(folder)]
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return sorted(found)


def _find_leftovers(folder: Path) -> Iterator[Path]:
    for place, inside, files in os.walk(folder):
        left = [
            name for name in (*inside, *files) if (match := _TEMPORARY.fullmatch(name)) and not _runs(int(match[1]))
        ]
        yield from (Path(place, name) for name in left)
        inside[:] = [name for name in inside if name not in left]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # another user's
    return True


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_csv(path: Path, table: "pd.DataFrame") -> None:
    """Write a table whole or not at all, numbers with eight digits."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.8g", lineterminator="\n")


def write_json(path: Path, data: Any) -> None:
    """Write JSON with sorted keys; what is not finite becomes null."""
    write_text(path, json.dumps(_jsonable(data), indent=2, sort_keys=True, allow_nan=False) + "\n")


def write_metrics(path: Path, data: Any) -> None:
    """Write JSON for `dvc metrics`: as `write_json`, rounded to 4 decimals."""
    write_json(path, _rounded(_jsonable(data)))


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that people write.

    Raises
    ------
    StudyError
        When it is missing, not UTF-8, no YAML, without keys at top level, or has a key twice in one map, of which YAML
        would take the last.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_mapping_node(self, anchor: Any) -> Any:
            node = super().compose_mapping_node(anchor)
            seen: set[Any] = set()
            for key, _ in node.value:
                if isinstance(key.value, str) and (key.tag, key.value) in seen:
                    raise yaml.composer.ComposerError(problem=f"two keys {key.value}", problem_mark=key.start_mark)
                seen.add((key.tag, str(key.value)))
            return node

    if not path.exists():
        raise StudyError(str(path), "there is no study here", "run inside a study directory, or name it with --study")
    where, fix = str(path), "write `key: value`, indent with spaces, name each key once in a map"
    try:
        loader = Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if _count_nodes(node, {}) > MOST_YAML_NODES:
            raise StudyError(where, "its anchors stand for too much", "write out what you mean, without anchors")
        data = loader.construct_document(node) if node is not None else None
    except UnicodeDecodeError:
        raise StudyError(where, "the file is not in UTF-8", "save it as UTF-8") from None
    except RecursionError:
        raise StudyError(
            where, "it is nested too deep, or holds itself", "write each key once, few levels deep"
        ) from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise StudyError(f"{where}{line}", f"no YAML ({error.problem})", fix) from None
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        raise StudyError(where, f"no YAML ({' '.join(str(error).split())})", fix) from None
    if not isinstance(data, dict):
        raise StudyError(where, "there are no keys at top level", fix)
    return data


def _count_nodes(node: Any, known: dict[int, int]) -> int:
    """Count the nodes of a YAML document, those that aliases stand for once for each alias.

    Raises
    ------
    RecursionError
        When it is nested too deep.
    """
    if node is None or isinstance(node.value, str):
        return 1
    if id(node) not in known:
        known[id(node)] = MOST_YAML_NODES  # met again before it is counted, a node holds itself
        parts = (part for entry in node.value for part in (entry if isinstance(entry, tuple) else (entry,)))
        known[id(node)] = 1 + sum(_count_nodes(part, known) for part in parts)
    return known[id(node)]


def _jsonable(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _jsonable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_jsonable(value) for value in data]
    if hasattr(data, "tolist"):
        return _jsonable(data.tolist())
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data


def _rounded(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_rounded(value) for value in data]
    return round(data, 4) if isinstance(data, float) else data
