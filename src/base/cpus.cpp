#include "base/cpus.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <thread>

namespace colonnade {
namespace {

constexpr int kMostCpus = 1024;

std::string line_of(const char* path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

std::optional<int> quota() {
  const std::string v2 = line_of("/sys/fs/cgroup/cpu.max");
  if (!v2.empty()) return cpus_of_quota(v2);
  const std::string v1 = line_of("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") + " " +
                         line_of("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return cpus_of_quota(v1);
}

int count_cpus() noexcept {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0
                  ? CPU_COUNT(&set)
                  : static_cast<int>(std::thread::hardware_concurrency());
  try {
    if (const std::optional<int> paid = quota()) count = std::min(count, *paid);
  } catch (...) {
    // Without memory for a line of text the affinity has to do.
  }
  return std::clamp(count, 1, kMostCpus);
}

}  // namespace

std::optional<int> cpus_of_quota(std::string_view cpu_max) noexcept {
  long long quota = 0, period = 0;
  const char* end = cpu_max.data() + cpu_max.size();
  const auto first = std::from_chars(cpu_max.data(), end, quota);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') return {};
  const auto second = std::from_chars(first.ptr + 1, end, period);
  if (second.ec != std::errc() || quota <= 0 || period <= 0) return {};
  return static_cast<int>(std::min<long long>((quota - 1) / period + 1, kMostCpus));
}

int usable_cpus() noexcept {
  static const int count = count_cpus();
  return count;
}

}  // namespace colonnade
