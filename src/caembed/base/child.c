/* child.c -- work -> its error, or that it took too long */
#include "base/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/monotonic.h"

/* What the child writes when it is done: at once, since it is smaller than a pipe's PIPE_BUF. */
struct reply {
    int rv;
    struct error err;
};

#ifdef __linux__
static void end_with_parent(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}
#else
static void end_with_parent(void)
{
}
#endif

/* A child whose parent was killed ends as well: at once, or else seconds after its time. */
static void bind_to_parent(pid_t parent, int64_t deadline_ms)
{
    const int64_t left_ms = deadline_ms - monotonic_now_ms();

    end_with_parent();
    signal(SIGALRM, SIG_DFL);
    alarm(getppid() != parent ? 1 : (unsigned)(left_ms > 0 ? left_ms / 1000 : 0) + 2);
}

/* Ends as a program does, so that sanitizers and gcov see it; nothing of the parent's output is
 * left to be written twice. */
static void work_and_exit(int (*work)(void *context, struct error *err), void *context, int fd)
{
    struct reply reply;

    memset(&reply, 0, sizeof reply);
    reply.rv = work(context, &reply.err);
    exit(write(fd, &reply, sizeof reply) == (ssize_t)sizeof reply ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Returns 1 for a reply, 0 if the time is over, -1 if there will be none. */
static int await_reply(int fd, int64_t end_ms, struct reply *reply)
{
    struct pollfd pipe_end = {.fd = fd, .events = POLLIN};
    ssize_t got;
    int ready;

    do {
        const int64_t left_ms = end_ms - monotonic_now_ms();
        ready = poll(&pipe_end, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return 0;
    do
        got = read(fd, reply, sizeof *reply);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *reply ? 1 : -1;
}

static void wait_for(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
}

static int fail_start(struct error *err)
{
    error_set(err, ERROR_INTERNAL, "cannot start a process: %s", strerror(errno));
    return error_hint(err, "does the system allow more processes?");
}

static int fail_overdue(struct error *err)
{
    error_set(err, ERROR_TIMEOUT, "timed out: the computation for this server took too long");
    return error_hint(err,
                      "an unusually large key or Diffie-Hellman group does that, and a device "
                      "takes far longer; give the server an ordinary one, or raise --max-time");
}

int child_run(int (*work)(void *context, struct error *err), void *context, int64_t deadline_ms,
              struct error *err)
{
    struct reply reply;
    const pid_t parent = getpid();
    int ends[2], result;
    pid_t pid;

    if (pipe(ends) != 0)
        return fail_start(err);
    fflush(NULL);
    pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return fail_start(err);
    }
    if (pid == 0) {
        close(ends[0]);
        bind_to_parent(parent, deadline_ms);
        work_and_exit(work, context, ends[1]);
    }
    close(ends[1]);
    result = await_reply(ends[0], deadline_ms + CHILD_GRACE_MS, &reply);
    if (result == 0)
        kill(pid, SIGKILL);
    close(ends[0]);
    wait_for(pid);
    if (result == 0)
        return fail_overdue(err);
    if (result < 0)
        return error_set(err, ERROR_INTERNAL, "a process of ours has crashed");
    if (reply.rv != 0)
        *err = reply.err;
    return reply.rv;
}
