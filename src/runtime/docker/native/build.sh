#!/bin/sh
# Builds bin/relay-linux-* from relay.c with the compilers of ../../embedded/native/build.sh, byte for byte
# those in the repository when they are Debian 12's. Usage: build.sh [OUTPUT-DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/bin}
mkdir -p "$out"

flags='-std=gnu11 -Os -Wall -Wextra -Werror -Wno-unused-function -ffreestanding -fno-builtin -static -nostdlib
  -no-pie -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident -fomit-frame-pointer
  -fno-strict-aliasing -fno-tree-loop-distribute-patterns -I../../../../workload/hello
  -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,noseparate-code -Wl,--hash-style=gnu -s'

compile() { # compiler, architecture in Docker's words, extra flags
  # shellcheck disable=SC2086
  (cd "$here" && "$1" $flags $3 -o "$out/relay-linux-$2" relay.c -lgcc)
  chmod 755 "$out/relay-linux-$2"
}
compile x86_64-linux-gnu-gcc amd64 '-march=x86-64 -fcf-protection=none'
compile aarch64-linux-gnu-gcc arm64 '-march=armv8-a -mbranch-protection=none -mno-outline-atomics'
compile arm-linux-gnueabihf-gcc arm '-march=armv7-a+fp -marm'
