FROM --platform=linux/amd64 node:22 AS base
FROM base
