FROM python:3.12.13-slim-bookworm

# The trust store for calls over TLS. Not pinned to a version: Debian's mirrors keep only
# the newest, and that is the one to have.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid bot --no-create-home --shell /usr/sbin/nologin bot

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
