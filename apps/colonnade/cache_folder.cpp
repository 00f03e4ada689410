#include "cache_folder.hpp"

#include <cstdlib>

#include "colonnade/error.hpp"

namespace colonnade {

void add_cache(CLI::App& verb, std::string& cache, const std::string& extra) {
  verb.add_option("--cache", cache, "Folder of cached engines; else ~/.cache/colonnade")
      ->type_name("DIR" + extra);
}

std::string cache_folder(const std::string& cache) {
  if (!cache.empty()) return cache;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  // A relative XDG_CACHE_HOME isn't to be followed, its specification says.
  const std::string xdg = variable("XDG_CACHE_HOME"), home = variable("HOME");
  if (!xdg.empty() && xdg.front() == '/') return xdg + "/colonnade";
  if (!home.empty()) return home + "/.cache/colonnade";
  throw Error(ErrorCode::invalid_argument,
              "neither XDG_CACHE_HOME nor HOME says where engines are cached; give -o FILE or "
              "--cache DIR");
}

}  // namespace colonnade
