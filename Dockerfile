# The page for others, behind a proxy that speaks https:
#
#   docker build -t graphkit .
#   docker run --rm --read-only --tmpfs /scratch:size=2g,mode=1777 --memory 8g --cap-drop ALL \
#     --security-opt no-new-privileges -p 127.0.0.1:8000:8000 graphkit --name lnc.example.org
#
# FORWARDED_ALLOW_IPS names the proxy, whose X-Forwarded-For tells addresses apart.
FROM python:3.12-slim
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY graphkit graphkit
COPY data data
RUN pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir -c constraints.txt '.[web]' \
    && useradd --uid 10001 page
USER page
WORKDIR /scratch
ENV TMPDIR=/scratch MPLCONFIGDIR=/scratch NUMBA_CACHE_DIR=/scratch PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz')"]
ENTRYPOINT ["graphkit", "serve", "--public", "--host", "0.0.0.0"]
