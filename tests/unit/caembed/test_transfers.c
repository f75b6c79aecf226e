/* test_transfers.c -- a transfer that fails waits, and starts again as often as it may */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "net/offer.h"
#include "net/transfers.h"
#include "unit.h"

static const struct {
    long attempts;
    int64_t want_s;
} waits[] = {{0, 1},  {1, 1},  {2, 2},  {3, 4},  {4, 8},
             {5, 16}, {6, 32}, {7, 60}, {8, 60}, {10000000, 60}};

START_TEST(backoff_doubles_up_to_a_minute)
{
    ck_assert_int_eq(connection_backoff_ms(waits[_i].attempts), 1000 * waits[_i].want_s);
}
END_TEST

/* What the server has decided is not asked again. */
static const struct {
    enum error_code code;
    bool want;
} codes[] = {
    {ERROR_RESOLVE, true},  {ERROR_CONNECT, true},        {ERROR_TIMEOUT, true},
    {ERROR_PROXY, true},    {ERROR_HANDSHAKE, true},      {ERROR_NONE, false},
    {ERROR_USAGE, false},   {ERROR_OFFER, false},         {ERROR_UNTRUSTED, false},
    {ERROR_EXPIRED, false}, {ERROR_NAME_MISMATCH, false}, {ERROR_UNKNOWN_ROOT, false},
    {ERROR_PROOF, false},   {ERROR_WRITE, false},         {ERROR_INTERNAL, false},
};

START_TEST(failures_of_the_network_alone_are_retried)
{
    ck_assert_msg(connection_may_retry(codes[_i].code) == codes[_i].want, "%s",
                  error_name(codes[_i].code));
}
END_TEST

/* A port of loopback that is taken, and on which nobody listens: it refuses. */
static int fd = -1;
static struct endpoint endpoint;

static void set_up(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    struct error err = {.code = ERROR_NONE};
    char text[40];

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    ck_assert_int_eq(endpoint_parse(text, NULL, &endpoint, &err), 0);
}

static void tear_down(void)
{
    close(fd);
}

struct one {
    struct presented presented;
    struct other_chains others;
    struct error err;
    struct transfer transfer;
};

static void prepare(struct one *one)
{
    *one = (struct one){.transfer = {.endpoint = &endpoint}};
    one->transfer.presented = &one->presented;
    one->transfer.others = &one->others;
    one->transfer.err = &one->err;
}

static struct fetch_options options_with(long retries, long jobs)
{
    return (struct fetch_options){.connect_timeout_ms = 5000,
                                  .max_time_ms = 10000,
                                  .proxy = "",
                                  .jobs = jobs,
                                  .retries = retries,
                                  .offer = &offers[OFFER_OPEN],
                                  .ip_version = CURL_IPRESOLVE_WHATEVER};
}

static struct transfer *wait_for_next(struct transfers *transfers)
{
    struct transfer *finished = NULL;
    struct error err = {.code = ERROR_NONE};

    while (finished == NULL && !transfers_are_empty(transfers))
        ck_assert_int_eq(transfers_next(transfers, &finished, &err), 0);
    return finished;
}

static const struct {
    long retries;
    int64_t at_least_ms;
} tries[] = {{0, 0}, {1, 1000}};

START_TEST(transfer_is_tried_again_as_often_as_it_may)
{
    const struct fetch_options options = options_with(tries[_i].retries, 1);
    const int64_t began_ms = monotonic_now_ms();
    struct error err = {.code = ERROR_NONE};
    struct transfers *transfers;
    struct one one;

    prepare(&one);
    ck_assert_int_eq(transfers_open(&options, &transfers, &err), 0);
    transfers_add(transfers, &one.transfer);
    ck_assert_ptr_eq(wait_for_next(transfers), &one.transfer);
    ck_assert_int_eq(one.err.code, ERROR_CONNECT);
    ck_assert_int_eq(one.transfer.attempts, tries[_i].retries + 1);
    ck_assert_int_ge(monotonic_now_ms() - began_ms, tries[_i].at_least_ms);
    ck_assert(transfers_are_empty(transfers));
    transfers_close(transfers);
}
END_TEST

/* It is neither finished nor forgotten while it waits. */
START_TEST(transfer_that_waits_can_be_given_up)
{
    const struct fetch_options options = options_with(60, 1);
    struct error err = {.code = ERROR_NONE};
    struct transfers *transfers;
    struct transfer *finished = NULL;
    struct one one;

    prepare(&one);
    ck_assert_int_eq(transfers_open(&options, &transfers, &err), 0);
    ck_assert(transfers_have_room(transfers));
    transfers_add(transfers, &one.transfer);
    ck_assert(!transfers_have_room(transfers));
    while (one.transfer.not_before_ms == 0)
        ck_assert_int_eq(transfers_next(transfers, &finished, &err), 0);
    ck_assert_ptr_null(finished);
    ck_assert(!transfers_are_empty(transfers));
    ck_assert_int_gt(one.transfer.not_before_ms, 0);
    ck_assert_ptr_nonnull(transfers_give_up(transfers));
    ck_assert_ptr_null(transfers_give_up(transfers));
    ck_assert(transfers_are_empty(transfers));
    transfers_close(transfers);
}
END_TEST

#define CROWD 12 /* transfers */

/* A server that ends the connections that have come, every 50 ms, and writes how many. */
static pid_t start_server(int out)
{
    const struct timespec moment = {.tv_nsec = 50000000};
    const pid_t pid = fork();

    if (pid != 0)
        return pid;
    for (;;) {
        int accepted[CROWD], count = 0;
        nanosleep(&moment, NULL);
        while (count < CROWD && (accepted[count] = accept(fd, NULL, NULL)) >= 0)
            count++;
        if (count > 0 && write(out, &count, sizeof count) != sizeof count)
            _exit(1);
        while (count > 0)
            close(accepted[--count]);
    }
}

/* Ends it. Returns the most connections that it had at once. */
static int stop_server(pid_t pid, const int ends[2])
{
    int count, most = 0;

    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ends[1]);
    while (read(ends[0], &count, sizeof count) == sizeof count)
        most = count > most ? count : most;
    close(ends[0]);
    return most;
}

static const struct {
    long jobs, per_host;
    int want; /* at once */
} crowds[] = {{5, 0, 5}, {5, 5, 5}, {5, 2, 2}, {5, 1, 1}, {2, 3, 2}};

START_TEST(no_more_connections_to_one_host_than_may_be)
{
    struct fetch_options options = options_with(0, crowds[_i].jobs);
    struct error err = {.code = ERROR_NONE};
    struct transfers *transfers;
    struct one one[CROWD];
    size_t added = 0;
    int ends[2];
    pid_t pid;

    options.per_host = crowds[_i].per_host;
    ck_assert_int_eq(listen(fd, 16), 0);
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_gt(pid = start_server(ends[1]), 0);
    ck_assert_int_eq(transfers_open(&options, &transfers, &err), 0);
    for (size_t left = CROWD; left > 0;) {
        struct transfer *finished;
        for (; added < CROWD && transfers_have_room(transfers); added++) {
            prepare(&one[added]);
            transfers_add(transfers, &one[added].transfer);
        }
        ck_assert(!transfers_are_empty(transfers));
        ck_assert_int_eq(transfers_next(transfers, &finished, &err), 0);
        left -= finished != NULL ? 1 : 0;
    }
    ck_assert_int_eq(stop_server(pid, ends), crowds[_i].want);
    for (size_t i = 0; i < CROWD; i++)
        ck_assert_int_eq(one[i].err.code, ERROR_HANDSHAKE);
    transfers_close(transfers);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("transfers");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, backoff_doubles_up_to_a_minute, 0, COUNT(waits));
    tcase_add_loop_test(tcase, failures_of_the_network_alone_are_retried, 0, COUNT(codes));
    tcase_add_loop_test(tcase, transfer_is_tried_again_as_often_as_it_may, 0, COUNT(tries));
    tcase_add_loop_test(tcase, no_more_connections_to_one_host_than_may_be, 0, COUNT(crowds));
    tcase_add_test(tcase, transfer_that_waits_can_be_given_up);
    return unit_run("transfers", tcase);
}
