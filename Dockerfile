# One image for all processes of ours; docker-compose.yml says what each of them runs.

FROM python:3.13-slim-trixie AS packages
COPY requirements-run.lock /build/
RUN python -m venv --without-pip /opt/renkei \
    && python -m pip --python /opt/renkei/bin/python install \
        --no-cache-dir --only-binary=:all: --require-hashes --no-deps --requirement /build/requirements-run.lock

# As in .ci/venv: the sources are imported from where they lie, and `renkei` is a script of four lines.
RUN echo /app >/opt/renkei/lib/python3.13/site-packages/renkei.pth \
    && printf '%s\n' '#!/opt/renkei/bin/python -P' 'import sys' 'from apps.cli.__main__ import main' 'sys.exit(main())' \
        >/opt/renkei/bin/renkei \
    && chmod 755 /opt/renkei/bin/renkei

FROM python:3.13-slim-trixie
# A new volume takes owner and mode of the folder that it covers: the cities' keys are for this user alone.
RUN python -m pip uninstall --yes pip \
    && groupadd --gid 10001 renkei \
    && useradd --uid 10001 --gid renkei --no-create-home --home-dir /app --shell /usr/sbin/nologin renkei \
    && install --directory --owner=renkei --group=renkei --mode=700 /var/lib/renkei /var/lib/renkei-checkpoints
COPY --from=packages /opt/renkei /opt/renkei
WORKDIR /app
COPY . .
RUN chmod -R a+rX /app && python -m compileall -q -j 0 /app
ENV PATH=/opt/renkei/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8
USER 10001:10001
ENTRYPOINT ["renkei"]
