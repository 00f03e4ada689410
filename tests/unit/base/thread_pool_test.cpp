#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/cpus.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

TEST(ThreadPool, CallsEachIndexOnceWithAWorkerOfItsOwn) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.threads(), threads);
    for (const std::size_t count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> calls(count);
      std::vector<std::atomic<bool>> busy(static_cast<std::size_t>(threads));
      pool.for_each(count, [&](std::size_t index, int worker) {
        EXPECT_FALSE(busy[static_cast<std::size_t>(worker)].exchange(true));
        ++calls[index];
        busy[static_cast<std::size_t>(worker)] = false;
      });
      for (const auto& call : calls) EXPECT_EQ(call, 1);
    }
  }
}

TEST(ThreadPool, RunsManyShortJobsOneAfterAnother) {
  ThreadPool pool(3);
  std::vector<int> values(64, 0);
  for (int job = 0; job < 20000; ++job) {
    // Unsynchronized on purpose: a job's writes are visible to whoever takes the next one.
    pool.for_each(values.size(), [&](std::size_t i, int) { ++values[i]; });
  }
  EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0), 20000 * 64);
}

TEST(ThreadPool, WakesThoseThatSleep) {
  ThreadPool pool(2);
  std::atomic<int> calls{0};
  for (int job = 0; job < 5; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // Longer than they spin.
    pool.for_each(10, [&](std::size_t, int) { ++calls; });
  }
  EXPECT_EQ(calls, 50);
}

TEST(ThreadPool, BringsATasksExceptionBackAndGoesOn) {
  ThreadPool pool(4);
  for (int round = 0; round < 50; ++round) {
    EXPECT_THROW(pool.for_each(100,
                               [](std::size_t i, int) {
                                 if (i % 10 == 3) throw std::runtime_error("three");
                               }),
                 std::runtime_error);
    std::atomic<int> calls{0};
    pool.for_each(100, [&](std::size_t, int) { ++calls; });
    EXPECT_EQ(calls, 100);
  }
}

TEST(ThreadPool, RefusesNoThreadsAndTooMany) {
  EXPECT_THROW(ThreadPool(0), Error);
  EXPECT_THROW(ThreadPool(ThreadPool::kMaxThreads + 1), Error);
}

TEST(Cpus, AQuotaIsRoundedUp) {
  EXPECT_EQ(cpus_of_quota("200000 100000"), 2);
  EXPECT_EQ(cpus_of_quota("150000 100000"), 2);
  EXPECT_EQ(cpus_of_quota("1 100000"), 1);
  EXPECT_EQ(cpus_of_quota("99999999999 1"), 1024);
  for (const char* none : {"max 100000", "-1 100000", "", "7", "7 ", "0 100000", "5 0", "x y"}) {
    EXPECT_FALSE(cpus_of_quota(none)) << none;
  }
  EXPECT_GE(usable_cpus(), 1);
}

}  // namespace
}  // namespace colonnade
