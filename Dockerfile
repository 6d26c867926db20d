FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/base.txt requirements/base.txt
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
# Static files need settings, settings need secrets: these live for one line and stay out of the image.
RUN /venv/bin/python -c "from pixsurv.secrets import ensure; ensure()" \
 && /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && rm var/* \
 && /venv/bin/python -m compileall -q .

FROM python:3.13-slim
# docker build --build-arg VERSION=$(.venv/bin/python -c 'import pixsurv; print(pixsurv.__version__)') --build-arg REVISION=$(git rev-parse HEAD)
ARG VERSION=0 REVISION=unknown
LABEL org.opencontainers.image.title="Pixsurv" \
      org.opencontainers.image.description="Runs a school's digital-skills certification sessions (Pix)." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.documentation="README.md"
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 LOG_FORMAT=json
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home pixsurv && install --directory --owner=pixsurv /ledger
COPY --from=build /venv /venv
COPY --from=build /app /app
USER pixsurv
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/sante/vivant', timeout=2)"]
CMD ["python", "-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi"]
