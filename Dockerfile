FROM python:3.12.13-slim-bookworm

# The trust store for calls over TLS, and psql, pg_dump and pg_restore. These must be of
# the server's version: Debian's own 15 can't dump a 16, and what 17 writes, 16 can't read
# whole. So they come from PostgreSQL's own archive, whose key Debian vouches for. Not
# pinned further: the archives keep only the newest, and that is the one to have.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-16 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid bot --no-create-home --shell /usr/sbin/nologin bot \
    && install --directory --owner=bot --group=bot --mode=0700 /data

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /app

COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

COPY pyproject.toml ./
COPY bot/ bot/
COPY db/ db/

USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "bot"]
CMD ["web"]
