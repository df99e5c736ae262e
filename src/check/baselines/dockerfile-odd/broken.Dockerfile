FROM alpine
NOSUCH thing
