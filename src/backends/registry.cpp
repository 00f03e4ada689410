#include <fmt/core.h>

#include "backends/backend.hpp"
#include "backends/cpu/backend.hpp"
#include "backends/reference/backend.hpp"
#include "colonnade/error.hpp"

namespace colonnade {

std::span<const Backend* const> backends() {
  static const Backend* const table[] = {&cpu_backend(), &reference_backend()};
  return table;
}

const Backend& find_backend(const std::string& name) {
  std::string names;
  for (const Backend* backend : backends()) {
    if (backend->name() == name) return *backend;
    names += (names.empty() ? "" : ", ") + backend->name();
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("there is no backend '{}'; this build has: {}", name, names));
}

}  // namespace colonnade
