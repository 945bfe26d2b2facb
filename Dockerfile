# The workflow and the software of uv.lock in one image, about 8 GB since torch brings CUDA.
#   docker build --tag sonomics .
#   cd studies/mine
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/study" sonomics \
#       snakemake --snakefile /opt/sonomics/Snakefile --cores 8 -- results/report.html
# `sonomics check` and the other verbs run the same way. A GPU needs `--gpus all`.
# A tagged release is pushed to ghcr.io/OWNER/REPOSITORY:TAG (.github/workflows/release.yaml).
# apptainer.def builds the same for clusters; a test holds the two together.

FROM python:3.11-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PROJECT_ENVIRONMENT=/opt/venv UV_PYTHON_DOWNLOADS=never
# PyRadiomics is compiled from source. Debian keeps only the newest version of a package, so none is named.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/* \
    && pip install --no-cache-dir uv==0.13.9
WORKDIR /opt/sonomics
# Software before code: a changed line of the workflow does not install torch again.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project
COPY . .
RUN uv sync --locked --no-dev && chmod -R a+rX /opt/sonomics

FROM python:3.11-slim-bookworm
# tesseract reads what text is left in exported images (`sonomics audit`).
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 sonomics
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/sonomics /opt/sonomics
# Any user of the host can run it, also one that this image has no name and no home for.
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp USER=sonomics
USER 1000
WORKDIR /study
CMD ["sonomics", "--help"]
