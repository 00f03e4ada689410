// How many CPUs this process may keep busy.
#pragma once

#include <optional>
#include <string_view>

namespace colonnade {

/// The CPUs of the process's affinity mask, or as many as its control group's quota pays for (a
/// container's `--cpus`) if those are fewer; at least 1, at most 1024. Read once.
int usable_cpus() noexcept;

/// CPUs that a cgroup v2 cpu.max ("200000 100000", "max 100000") allows, rounded up; none without a
/// quota.
std::optional<int> cpus_of_quota(std::string_view cpu_max) noexcept;

}  // namespace colonnade
