// colonnade cache: the engines that build keeps where it's given no name for them.
#include <fmt/core.h>

#include <ctime>
#include <memory>

#include "cache_folder.hpp"
#include "colonnade/build.hpp"
#include "sizes.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

std::string date_text(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min);
}

int list(const std::string& folder) {
  std::uint64_t total = 0;
  const std::vector<CachedEngine> engines = list_cache(folder);
  for (const CachedEngine& engine : engines) {
    total += engine.bytes;
    fmt::print("{}\n  {}, {}, last used {} UTC\n", engine.path,
               engine.source.empty() ? "can't be read: the next build replaces it"
                                     : engine.source + " for " + engine.target,
               size_text(engine.bytes), date_text(engine.last_used));
  }
  fmt::print("{}: {} engine{}, {}\n", folder, engines.size(), engines.size() == 1 ? "" : "s",
             size_text(total));
  return kFine;
}

int clear(const std::string& folder) {
  const std::size_t count = clear_cache(folder);
  fmt::print("{}: {} engine{} removed\n", folder, count, count == 1 ? "" : "s");
  return kFine;
}

Verb add_action(CLI::App& verb, const char* name, const char* help,
                int (*act)(const std::string&)) {
  CLI::App* action = verb.add_subcommand(name, help);
  const auto cache = std::make_shared<std::string>();
  add_cache(*action, *cache);
  action->footer(fmt::format("colonnade cache {}", name));
  return [action, cache, act] { return action->parsed() ? act(cache_folder(*cache)) : kFine; };
}

}  // namespace

Verb add_cache_verb(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("cache", "List or remove the engines that build keeps.");
  verb->require_subcommand(1);
  return [list_action = add_action(*verb, "list", "List them, the last used first.", list),
          clear_action = add_action(*verb, "clear", "Remove them.", clear)] {
    const int status = list_action();
    return status == kFine ? clear_action() : status;
  };
}

}  // namespace colonnade
