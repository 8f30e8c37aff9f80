# The crawl, its schedule and the reading room in one image: docker build --tag campus-archive .
#
# It runs as a user without rights, writes to ARCHIVE_DIR and nowhere else, and so works with a read-only root file system.
# The tag is pinned to a minor version of Python. To pin the very bytes: docker build --build-arg BASE=python@sha256:... (docker buildx imagetools
# inspect python:3.11-slim-bookworm prints the digest).
# A worker of several machines (docs/scale.md) needs more: docker build --build-arg REQUIREMENTS=requirements-scale.txt
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /app
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv --without-pip /opt/venv
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-scale.txt ./
# Wheels only, but for three packages of pure Python that have none: nothing is compiled.
RUN python3 -m venv /opt/pip \
    && /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --no-binary bagit,feedgen,surt --require-hashes --requirement "$REQUIREMENTS" \
    && find /opt/venv -depth -type d '(' -name test -o -name tests ')' -exec rm -r '{}' + # a tenth of it all
COPY LICENSE README.md scrapy.cfg ./
COPY crawler crawler
COPY seeds seeds
# The root file system may be read-only, so Python cannot keep what it compiles.
RUN /opt/venv/bin/python -m compileall -q crawler

FROM ${BASE}
LABEL org.opencontainers.image.title="campus-archive" \
    org.opencontainers.image.description="An archive of Chinese university news: crawl, keep the evidence, extract, catalogue, browse." \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 archive \
    && useradd --uid 10001 --gid archive --no-create-home --home-dir /archive --shell /usr/sbin/nologin archive \
    && install --directory --owner archive --group archive /archive
# An init: the first process of a container gets no signal it has not asked for, and is handed every orphan.
COPY --from=build /usr/bin/tini-static /usr/bin/tini
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app \
    ARCHIVE_DIR=/archive \
    SEEDS_DIR=/app/seeds
WORKDIR /app
USER 10001:10001
VOLUME /archive
EXPOSE 8001
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "python", "-m", "crawler"]
CMD ["schedule", "17 3 * * *", "--timezone", "Asia/Shanghai"]
# Of the schedule, which touches this file every 20 seconds. The reading room has a check of its own (compose.yaml).
HEALTHCHECK --interval=60s --timeout=5s --start-period=60s --retries=3 \
    CMD ["sh", "-c", "test -n \"$(find \"$ARCHIVE_DIR/heartbeat\" -mmin -2)\""]
