/*
 * cell: what the embedded runtime needs of Linux and Node cannot ask for. Commands:
 *
 *   cell hold OPTION…                 keeps a sandbox's network alive and opens connections in it (hold.h)
 *   cell run OPTION… -- PROGRAM ARG…  starts and watches one container (monitor.h, container.h), or one
 *                                     more process in a container that runs (enter.h, terminal.h)
 *   cell nodes                        makes whiteouts and device nodes in the current directory (nodes.h)
 *   cell attributes                   tells the extended attributes of paths (attributes.h)
 *   cell serve                        the program of the smallest container, for trying one (serve.h)
 *   cell tie -- PROGRAM ARG…          runs a program of the host until the caller's end (tie.h)
 *   cell after -- PROGRAM ARG…        runs one at the caller's end (tie.h)
 *   cell bridge NAME ADDRESS/BITS     makes a bridge of the host, for ways out; cell unlink NAME (network.h)
 *
 * Options are NAME=VALUE; the environment is the container's and is not read, but for PATH to find PROGRAM.
 * The commands end when the process that started them does: its end of file descriptor 3 closes.
 */
#include "nolibc.h"

#include "system.h"

#include "options.h"

#include "network.h"

#include "hold.h"

#include "seccomp.h"

#include "container.h"

#include "monitor.h"

#include "nodes.h"

#include "attributes.h"

#include "serve.h"

#include "tie.h"

static int run(int argc, char **argv, char **envp) {
  static struct options options;
  if (argc < 2) return 2;
  if (equal(argv[1], "serve")) return serve();
  if (equal(argv[1], "nodes")) return make_nodes();
  if (equal(argv[1], "attributes")) return attributes();
  if (equal(argv[1], "bridge")) return argc == 4 ? bridge(argv[2], argv[3]) : 2;
  if (equal(argv[1], "unlink")) return argc == 3 ? unlink_link(argv[2]) : 2;
  if (!read_options(&options, argv + 2)) return 2;
  if (equal(argv[1], "hold")) return hold(&options);
  if (equal(argv[1], "after") && options.program) return run_after(options.program, envp);
  if (equal(argv[1], "tie") && options.program) return tie(options.program, envp);
  if (equal(argv[1], "run") && options.program) return monitor(&options, envp);
  return 2;
}
