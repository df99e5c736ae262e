import type { SeedDocument, SeedStep } from './step.js';

const BOTH = [/"architecture": "amd64"/, /"architecture": "arm64"/];

const REMOTE =
  'BuildKit runs beside the engine, since its image is in no registry that the test can reach';

const TASK = `version: v1.1.0

steps:
# Build for amd64
- build: -t {{.Run.Registry}}/myimage:{{.Run.ID}}-amd64 -f Dockerfile.amd64 .

# Build for arm64
- build: -t {{.Run.Registry}}/myimage:{{.Run.ID}}-arm64 -f Dockerfile.arm64 .

# Push architecture-specific images
- push:
    - {{.Run.Registry}}/myimage:{{.Run.ID}}-amd64
    - {{.Run.Registry}}/myimage:{{.Run.ID}}-arm64

# Create manifest list
- cmd: >
    docker manifest create
    {{.Run.Registry}}/myimage:latest
    {{.Run.Registry}}/myimage:{{.Run.ID}}-amd64
    {{.Run.Registry}}/myimage:{{.Run.ID}}-arm64

# Push manifest list
- cmd: docker manifest push --purge {{.Run.Registry}}/myimage:latest

# Verify
- cmd: docker manifest inspect {{.Run.Registry}}/myimage:latest
`;

const BUILDX_TASK = `version: v1.1.0

steps:
- cmd: |
    docker buildx create --name multiarch --use
    docker buildx build \\
      --platform linux/amd64,linux/arm64 \\
      -t {{.Run.Registry}}/myimage:{{.Run.ID}} \\
      --push \\
      .
`;

/** Files that a reader of the guide has in the folder. */
const PROJECT = `mkdir -p "$SCRATCH/project" && cp -r workload/hello/bin "$SCRATCH/project/" && cd "$SCRATCH/project"
printf 'FROM scratch\\nARG TARGETARCH\\nCOPY bin/hello-linux-$TARGETARCH /hello\\nENTRYPOINT ["/hello"]\\n' > Dockerfile
for arch in amd64 arm64; do printf "FROM --platform=linux/$arch scratch\\nCOPY bin/hello-linux-$arch /hello\\nENTRYPOINT [\\"/hello\\"]\\n" > "Dockerfile.$arch"; done
cat > acr-task.yaml <<'EOF'
${TASK}EOF
cat > acr-task-buildx.yaml <<'EOF'
${BUILDX_TASK}EOF`;

/** The guide to multi-architecture images: everything a reader can type. */
export const guide: SeedDocument = {
  title: 'C. Multi-architecture guide',
  steps: [
    {
      id: 'C1',
      title: 'a manifest list is shown',
      clients: ['docker'],
      before: `az group create --name rg-guide --location eastus --output none
az acr create --name myregistry --resource-group rg-guide --sku Basic --output none
az acr login --name myregistry
${PROJECT}`,
      command: 'docker manifest inspect mcr.microsoft.com/mcr/hello-world:latest',
      see: [...BOTH, /"os": "windows",\s+"os.version": "10\.0\.\d+\.\d+"/],
    },
    {
      id: 'C3',
      title: 'an import takes the index and every child',
      clients: ['az'],
      command: `az acr import \\
  --name myregistry \\
  --source docker.io/library/hello-world:latest \\
  --image hello-world:latest`,
      see: [],
      never: [/ERROR/],
    },
    {
      id: 'C2',
      title: 'ACR shows one row a manifest',
      clients: ['az'],
      command: `az acr manifest list-metadata \\
  --name hello-world \\
  --registry myregistry`,
      see: [...BOTH, /"os": "linux"/, /manifest\.list\.v2\+json|image\.index\.v1\+json/],
    },
    {
      id: 'C4',
      title: 'images of one architecture each are built and pushed',
      clients: ['docker'],
      command: `docker build -t myregistry.azurecr.io/myimage:amd64 .
docker push myregistry.azurecr.io/myimage:amd64
docker build -t myregistry.azurecr.io/myimage:arm64 --platform linux/arm64 -f Dockerfile.arm64 .
docker push myregistry.azurecr.io/myimage:arm64`,
      see: [/amd64: digest: sha256:/, /arm64: digest: sha256:/],
    },
    {
      id: 'C5',
      title: 'a manifest list is made of them',
      clients: ['docker'],
      command: `docker manifest create myregistry.azurecr.io/myimage:latest \\
  myregistry.azurecr.io/myimage:amd64 \\
  myregistry.azurecr.io/myimage:arm64`,
      see: ['Created manifest list myregistry.azurecr.io/myimage:latest'],
    },
    {
      id: 'C6',
      title: 'it is pushed',
      clients: ['docker'],
      command: 'docker manifest push myregistry.azurecr.io/myimage:latest',
      see: [/sha256:[0-9a-f]{64}/],
    },
    inspect('C7', 'and read back', 'latest'),
    {
      id: 'C21',
      title: 'the manifest commands work with the experimental switch',
      clients: ['docker'],
      command: `export DOCKER_CLI_EXPERIMENTAL=enabled
docker manifest inspect myregistry.azurecr.io/myimage:latest`,
      see: BOTH,
    },
    {
      id: 'C21',
      title: 'and with the experimental setting',
      clients: ['docker'],
      command: `unset DOCKER_CLI_EXPERIMENTAL
cp ~/.docker/config.json "$SCRATCH/docker-config.json"
echo '{"experimental": "enabled"}' > ~/.docker/config.json
az acr login --name myregistry
docker manifest inspect myregistry.azurecr.io/myimage:latest`,
      see: BOTH,
    },
    {
      id: 'C8',
      title: 'a builder is made',
      clients: ['docker buildx'],
      command: 'docker buildx create --name mybuilder --driver remote --use "$BUILDKIT"',
      deviation: REMOTE,
      see: ['mybuilder'],
    },
    {
      id: 'C9',
      title: 'it builds for two platforms and pushes',
      clients: ['docker buildx'],
      command: `docker buildx build \\
  --platform linux/amd64,linux/arm64 \\
  -t myregistry.azurecr.io/myimage:latest \\
  --push \\
  .
docker manifest inspect myregistry.azurecr.io/myimage:latest`,
      see: BOTH,
    },
    {
      id: 'C17',
      title: 'the script of the pipeline',
      clients: ['docker buildx'],
      deviation: REMOTE,
      command: `docker buildx create --driver remote --use "$BUILDKIT"
docker buildx build \\
  --platform linux/amd64,linux/arm64 \\
  -t myregistry.azurecr.io/pipeline:42 \\
  --push \\
  .
docker manifest inspect myregistry.azurecr.io/pipeline:42`,
      see: BOTH,
    },
    {
      id: 'C10',
      title: 'the task of several steps',
      clients: ['az'],
      command: `az acr run \\
  --registry myregistry \\
  --file acr-task.yaml \\
  .`,
      see: [/Run ID: \w+ was successful after/, ...BOTH],
    },
    {
      id: 'C11',
      title: 'the task that runs buildx',
      clients: ['az'],
      command: `az acr run \\
  --registry myregistry \\
  --file acr-task-buildx.yaml \\
  .`,
      see: [/Run ID: \w+ was successful after/],
    },
    {
      id: 'C12',
      title: 'a client is given the image of its own platform',
      clients: ['docker'],
      command: `docker pull myregistry.azurecr.io/myimage:latest
docker image inspect --format '{{.Os}}/{{.Architecture}}' myregistry.azurecr.io/myimage:latest
docker pull --platform linux/arm64 myregistry.azurecr.io/myimage:latest
docker image inspect --format '{{.Os}}/{{.Architecture}}' myregistry.azurecr.io/myimage:latest`,
      see: [/^linux\/amd64$/m, /^linux\/arm64$/m],
    },
    {
      id: 'C13',
      title: 'each node of a cluster gets its own image',
      clients: ['lazurite'],
      before: `cat > deployment.yaml <<'EOF'
apiVersion: apps/v1
kind: Deployment
metadata: { name: myapp }
spec:
  template:
    spec:
      containers:
      - name: myapp
        image: myregistry.azurecr.io/myimage:latest  # Multi-arch tag
        # Kubernetes selects correct architecture per node
EOF`,
      command: 'lazurite check deployment.yaml --platform linux/amd64 --platform linux/arm64',
      see: [/linux\/amd64.*sha256:/, /linux\/arm64.*sha256:/],
    },
    {
      id: 'C14',
      title: 'tags that break the convention are told',
      clients: ['lazurite'],
      before: `docker tag myregistry.azurecr.io/myimage:amd64 myregistry.azurecr.io/myimage:v1.0-arm64
docker push myregistry.azurecr.io/myimage:v1.0-arm64`,
      command: 'lazurite check myregistry.azurecr.io/myimage:v1.0-arm64 --platform linux/amd64',
      see: [/v1\.0-arm64/],
    },
    {
      id: 'C15',
      title: 'a Windows entry gets its version',
      clients: ['lazurite'],
      command: 'lazurite image platforms mcr.microsoft.com/mcr/hello-world:latest',
      see: [/windows.*amd64.*10\.0\.\d+/],
    },
    {
      id: 'C16',
      title: 'each platform is pulled, checked and compared with what it declares',
      clients: ['lazurite'],
      command:
        'lazurite image verify myregistry.azurecr.io/myimage:latest --platform linux/amd64,linux/arm64',
      see: [/linux\/amd64/, /linux\/arm64/],
    },
    {
      id: 'C18',
      title: 'a list without the platform is refused',
      clients: ['docker'],
      before: `docker manifest create myregistry.azurecr.io/onlyamd:latest myregistry.azurecr.io/myimage:amd64
docker manifest push --purge myregistry.azurecr.io/onlyamd:latest`,
      command: 'docker pull --platform linux/arm64 myregistry.azurecr.io/onlyamd:latest',
      exit: 'refused',
      see: [/no matching manifest for linux\/arm64\S* in the manifest list/],
    },
    {
      id: 'C18',
      title: 'and one with it is not',
      clients: ['docker'],
      before: `docker manifest create myregistry.azurecr.io/onlyamd:latest myregistry.azurecr.io/myimage:amd64 myregistry.azurecr.io/myimage:arm64
docker manifest push --purge myregistry.azurecr.io/onlyamd:latest`,
      command: 'docker pull --platform linux/arm64 myregistry.azurecr.io/onlyamd:latest',
      see: [/Downloaded newer image|Image is up to date/],
    },
    {
      id: 'C19',
      title: 'a build that fails on one architecture alone',
      clients: ['docker buildx'],
      command: `printf 'FROM scratch\\nARG TARGETARCH\\nCOPY only-for-amd64/$TARGETARCH /\\n' > Dockerfile.one
mkdir -p only-for-amd64/amd64
docker buildx build --platform linux/amd64,linux/arm64 -t myregistry.azurecr.io/failing:v1 -f Dockerfile.one --push .`,
      exit: 'refused',
      see: [/only-for-amd64\/arm64/],
    },
    {
      id: 'C19',
      title: 'and is solved by a Dockerfile for each',
      clients: ['az'],
      command: `az acr build --registry myregistry --image solved:amd64 --platform linux/amd64 --file Dockerfile.amd64 .
az acr build --registry myregistry --image solved:arm64 --platform linux/arm64 --file Dockerfile.arm64 .`,
      see: [/Run ID: \w+ was successful after[\s\S]*Run ID: \w+ was successful after/],
    },
    {
      id: 'C20',
      title: 'all four platforms are stored, selected and listed',
      clients: ['az', 'docker'],
      before: `printf 'FROM scratch\\nARG TARGETARCH\\nARG TARGETVARIANT\\nCOPY bin/hello-linux-$TARGETARCH-$TARGETVARIANT /hello\\n' > Dockerfile.arm
az acr build --registry myregistry --image four:arm --platform linux/arm/v7 --file Dockerfile.arm . --no-logs --output none
az acr import --name myregistry --source mcr.microsoft.com/mcr/hello-world:latest --image four:windows`,
      command: `docker manifest create myregistry.azurecr.io/four:latest \\
  myregistry.azurecr.io/myimage:amd64 myregistry.azurecr.io/myimage:arm64 myregistry.azurecr.io/four:arm \\
  "myregistry.azurecr.io/four@$(docker manifest inspect myregistry.azurecr.io/four:windows | node -p 'JSON.parse(require("fs").readFileSync(0)).manifests.find(({platform}) => platform.os === "windows").digest')"
docker manifest push --purge myregistry.azurecr.io/four:latest
docker manifest inspect myregistry.azurecr.io/four:latest
az acr manifest list-metadata --name four --registry myregistry --query "[].[os, architecture]" --output tsv`,
      see: [...BOTH, /"variant": "v7"/, /"os.version": "10\./, /^windows\tamd64$/m, /^linux\tarm/m],
    },
  ],
};

function inspect(id: string, title: string, tag: string): SeedStep {
  return {
    id,
    title,
    clients: ['docker'],
    command: `docker manifest inspect myregistry.azurecr.io/myimage:${tag}`,
    see: BOTH,
  };
}
