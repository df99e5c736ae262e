#!/bin/sh
# Builds bin/cell-linux-* from cell.c, byte for byte those in the repository when the compilers are Debian
# 12's (gcc 12.2.0, binutils 2.40): apt-get install gcc gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf
# Usage: build.sh [OUTPUT-DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/bin}
mkdir -p "$out"

flags='-std=gnu11 -Os -Wall -Wextra -Werror -ffreestanding -fno-builtin -static -nostdlib -no-pie -fno-pie
  -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident -fomit-frame-pointer -fno-strict-aliasing
  -fno-tree-loop-distribute-patterns -I../../../../workload/hello
  -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,noseparate-code -Wl,--hash-style=gnu -s'

compile() { # compiler, architecture in Node's words, extra flags
  # shellcheck disable=SC2086
  (cd "$here" && "$1" $flags $3 -o "$out/cell-linux-$2" cell.c -lgcc)
  chmod 755 "$out/cell-linux-$2"
}
compile x86_64-linux-gnu-gcc x64 '-march=x86-64 -fcf-protection=none'
compile aarch64-linux-gnu-gcc arm64 '-march=armv8-a -mbranch-protection=none -mno-outline-atomics'
compile arm-linux-gnueabihf-gcc arm '-march=armv7-a+fp -marm'
