# Builds on any Debian image that has python3 and python3-venv:
#   docker build -t aggregator .
#   docker build --build-arg BASE=my-debian -t aggregator .    (with ca-certificates, for feeds over https)
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
COPY requirements.lock requirements-dev.lock /src/
# Also what PostgreSQL and `aggregator web` need, of the versions that tests run with.
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r /src/requirements.lock \
 && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    -c /src/requirements-dev.lock "psycopg[binary]" granian
COPY pyproject.toml README.md LICENSE /src/
COPY aggregator /src/aggregator
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps /src

FROM ${BASE}
COPY --from=build /opt/venv /opt/venv
COPY feeds /config/feeds
COPY seeds /config/seeds
# Group 0 may write to it, too: platforms that choose the user themselves leave it that group.
RUN mkdir /data && chown 10001:0 /data && chmod 0775 /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AGGREGATOR_HOST=0.0.0.0 \
    AGGREGATOR_PORT=8080 \
    AGGREGATOR_DATA_DIR=/data \
    AGGREGATOR_FEEDS_DIR=/config/feeds \
    AGGREGATOR_SEEDS_DIR=/config/seeds
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python3", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"AGGREGATOR_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["aggregator"]
CMD ["run"]
