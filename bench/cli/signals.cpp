#include "cli/signals.hpp"

#include <csignal>

#include <pthread.h>

namespace citusbench {
namespace {

/// Ends the watch. Any signal that no other program sends to citusbench would do.
constexpr int end_signal = SIGUSR2;

} // namespace

SignalWatch::SignalWatch(StopFlag& stop) {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, end_signal}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    thread_ = std::thread([&stop, signals] {
        int signal = 0;
        while (sigwait(&signals, &signal) == 0 && signal != end_signal) stop.request();
    });
}

SignalWatch::~SignalWatch() {
    pthread_kill(thread_.native_handle(), end_signal);
    thread_.join();
}

} // namespace citusbench
