# Footbridge with a Redis of its own inside. docs/container.md: how to build, run, verify and upgrade it.
#
# Both bases are arguments, so that they can be pinned by digest or come from elsewhere. The first brings Node and npm for
# the build, of which only the node binary stays; the second is what runs.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=debian:bookworm-slim

# What runs later, without us: Debian, its Redis, and an init that reaps what Redis leaves behind.
FROM ${BASE_IMAGE} AS base
RUN set -eux; \
    export DEBIAN_FRONTEND=noninteractive; \
    # a build must never start the package's own service (invoke-rc.d(8))
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 0755 /usr/sbin/policy-rc.d; \
    apt-get update -q; \
    apt-get install -y -q --no-install-recommends redis-server tini; \
    rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow-; \
    groupadd --gid 10001 footbridge; \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/footbridge --shell /usr/sbin/nologin footbridge; \
    install -d -m 0755 /etc/footbridge /opt/footbridge; \
    # a new volume takes over this folder's owner and mode
    install -d -m 0700 -o 10001 -g 10001 /var/lib/footbridge /var/lib/footbridge-journal; \
    # nothing here has to become somebody else
    find / -xdev -type f -perm /6000 -exec chmod ug-s {} +; \
    dpkg-query --show --showformat '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' \
      >/opt/footbridge/debian-packages.tsv

FROM ${NODE_IMAGE} AS build
WORKDIR /build
# Registries and their passwords come as a secret and stay in no layer: --secret id=npmrc,src=$HOME/.npmrc
COPY package.json package-lock.json .npmrc ./
COPY packages packages
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build
# What is only for building goes, and what a running program never reads. Optional packages are pictures' (sharp), which the
# bridge doesn't carry yet.
RUN set -eux; \
    npm pkg delete devDependencies bundleDependencies allowScripts scripts files; \
    npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund; \
    npm sbom --omit=dev --omit=optional --sbom-format=cyclonedx >npm.cdx.json; \
    find node_modules -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' -o -name '.package-lock.json' \) -delete; \
    find dist -name '*.d.ts' -delete; \
    find node_modules -type d -name .bin -prune -exec rm -rf {} +; \
    rm -rf node_modules/@types; \
    find node_modules -type d -empty -delete
COPY --from=base /opt/footbridge/debian-packages.tsv .
ARG VERSION=unknown
ARG CREATED=
RUN set -eux; \
    node scripts/image/sbom.ts npm.cdx.json debian-packages.tsv sbom.cdx.json "${VERSION}" "${CREATED}"; \
    mkdir /out; \
    mv bin dist node_modules packages packaging package.json config.example.yaml LICENSE CHANGELOG.md sbom.cdx.json /out; \
    # however strict or lax the builder's umask was
    chmod -R u=rwX,go=rX /out

FROM base
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=
LABEL org.opencontainers.image.title="Footbridge" \
      org.opencontainers.image.description="A private bridge between messaging networks" \
      org.opencontainers.image.licenses="GPL-3.0-or-later" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out /opt/footbridge
RUN ln -s /opt/footbridge/bin/footbridge.cjs /usr/local/bin/footbridge
ENV NODE_ENV=production \
    FOOTBRIDGE_CONFIG=/etc/footbridge/config.yaml \
    XDG_CACHE_HOME=/opt/footbridge/cache
USER 10001:10001
WORKDIR /var/lib/footbridge
VOLUME ["/var/lib/footbridge"]
EXPOSE 9993
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["footbridge", "health"]
ENTRYPOINT ["/usr/bin/tini", "--", "footbridge"]
CMD ["run"]
