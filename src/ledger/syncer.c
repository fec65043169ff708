/* syncer.c - a second thread that syncs the payload file while the committing one writes and syncs the segment. */
#include "ledger/private.h"

static void *work(void *ledger)
{
    wr_ledger *l = ledger;
    pthread_mutex_lock(&l->sync_lock);
    while (!l->sync_stop) {
        if (l->sync_fd < 0) {
            pthread_cond_wait(&l->sync_turn, &l->sync_lock);
            continue;
        }
        const int fd = l->sync_fd;
        pthread_mutex_unlock(&l->sync_lock);
        wr_error e = { 0 };
        const wr_status st = wr_io_sync(l->io, fd, &e);
        pthread_mutex_lock(&l->sync_lock);
        l->sync_status = st;
        l->sync_error = e;
        l->sync_fd = -1;
        pthread_cond_broadcast(&l->sync_turn);
    }
    pthread_mutex_unlock(&l->sync_lock);
    return NULL;
}

bool wr_sync_begin(wr_ledger *l, int fd)
{
    if (!l->sync_runs)
        l->sync_runs = pthread_create(&l->syncer, NULL, work, l) == 0;
    if (!l->sync_runs)
        return false;
    pthread_mutex_lock(&l->sync_lock);
    l->sync_fd = fd;
    pthread_cond_broadcast(&l->sync_turn);
    pthread_mutex_unlock(&l->sync_lock);
    return true;
}

wr_status wr_sync_wait(wr_ledger *l, wr_error *err)
{
    pthread_mutex_lock(&l->sync_lock);
    while (l->sync_fd >= 0)
        pthread_cond_wait(&l->sync_turn, &l->sync_lock);
    const wr_status st = l->sync_status;
    if (st != WR_OK && err != NULL)
        *err = l->sync_error;
    pthread_mutex_unlock(&l->sync_lock);
    return st;
}

void wr_sync_stop(wr_ledger *l)
{
    if (!l->sync_runs)
        return;
    pthread_mutex_lock(&l->sync_lock);
    l->sync_stop = true;
    pthread_cond_broadcast(&l->sync_turn);
    pthread_mutex_unlock(&l->sync_lock);
    pthread_join(l->syncer, NULL);
    l->sync_runs = false;
}
