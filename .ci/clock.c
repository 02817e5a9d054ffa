/* A wall clock that is CLOCK_SHIFT seconds ahead, for a process that preloads this, and those that it starts.

   libfaketime cannot do it: with a monotonic clock that is left alone its clock_nanosleep() fails with EINVAL, which is
   time.sleep() in Python, and with one that is moved a wait with a time-out (sem_clockwait) never ends. Files keep their
   own times. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t shift(void)
{
    static time_t seconds;
    static int known;
    if (!known) {
        const char *given = getenv("CLOCK_SHIFT");
        seconds = given ? atoll(given) : 0;
        known = 1;
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += shift();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec at;
    if (clock_gettime(CLOCK_REALTIME, &at))
        return -1;
    now->tv_sec = at.tv_sec;
    now->tv_usec = at.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec at;
    if (clock_gettime(CLOCK_REALTIME, &at))
        return -1;
    if (now)
        *now = at.tv_sec;
    return at.tv_sec;
}
