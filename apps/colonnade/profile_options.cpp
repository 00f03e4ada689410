#include "profile_options.hpp"

#include <fmt/core.h>

#include <utility>

#include "colonnade/error.hpp"
#include "shapes.hpp"

namespace colonnade {
namespace {

/// Where it stands on the command line says of which profile it is.
void add_shapes(CLI::App& verb, ProfileOptions& o, const char* flag,
                std::vector<std::int64_t> ShapeProfile::*which, const char* help) {
  verb.add_option_function<std::string>(
          flag,
          [&o, flag, which](const std::string& text) {
            o.shapes.push_back({flag, which, text, o.profile});
          },
          help)
      ->trigger_on_parse()
      ->type_name("SHAPES");
}

ShapeProfile& part_of(std::vector<ShapeProfile>& profiles, const std::string& input,
                      std::size_t number) {
  for (ShapeProfile& one : profiles) {
    if (one.input == input && one.profile == number) return one;
  }
  return profiles.emplace_back(ShapeProfile{input, {}, {}, {}, number});
}

}  // namespace

void add_profile_options(CLI::App& verb, ProfileOptions& o) {
  add_shapes(verb, o, "--minShapes", &ShapeProfile::min,
             "Least shapes of dynamic inputs: INPUT:1x64x120x1,...");
  add_shapes(verb, o, "--optShapes", &ShapeProfile::opt, "Usual ones");
  add_shapes(verb, o, "--maxShapes", &ShapeProfile::max, "Largest ones");
  verb.add_option_function<std::size_t>(
          "--profile", [&o](const std::size_t& number) { o.profile = number; },
          "Of which profile the shapes behind it are; 0 where it isn't given")
      ->trigger_on_parse()
      ->type_name("N");
  verb.add_flag("--dynamicPillars", o.dynamic_pillars,
                "120, 6000 and 12000 for the one dynamic dimension of each input");
}

void take_profile_options(const ProfileOptions& from, BuildOptions& to) {
  for (const ProfileOptions::Shapes& given : from.shapes) {
    const std::string where = fmt::format("{} {}", given.flag, given.text);
    for (NamedDims& named : parse_named_dims(given.text, where)) {
      auto& dims = part_of(to.profiles, named.name, given.profile).*given.which;
      if (!dims.empty()) {
        throw Error(ErrorCode::invalid_argument, where,
                    fmt::format("the input '{}' is given a second time; shapes of another profile "
                                "follow --profile={}",
                                named.name, given.profile + 1));
      }
      dims = std::move(named.dims);
    }
  }
  to.dynamic_pillars = from.dynamic_pillars;
}

void add_use_profile(CLI::App& verb, std::optional<std::size_t>& profile) {
  verb.add_option("--useProfile", profile,
                  "Which profile of an engine of several; else the tightest that takes the shapes")
      ->type_name("N");
}

}  // namespace colonnade
