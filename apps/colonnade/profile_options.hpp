// The options that say which shapes an engine of a graph is built for.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colonnade/build.hpp"

namespace colonnade {

struct ProfileOptions {
  /// One of --minShapes, --optShapes and --maxShapes, and the profile that it was given for.
  struct Shapes {
    const char* flag;
    std::vector<std::int64_t> ShapeProfile::*which;
    std::string text;
    std::size_t profile;
  };
  std::vector<Shapes> shapes;
  std::size_t profile = 0;  ///< Of those that follow on the command line.
  bool dynamic_pillars = false;
};

/// --minShapes, --optShapes, --maxShapes, --profile and --dynamicPillars.
void add_profile_options(CLI::App& verb, ProfileOptions& options);

/// Error(invalid_argument): an input that's given twice, words that are no shapes.
void take_profile_options(const ProfileOptions& from, BuildOptions& to);

/// --useProfile.
void add_use_profile(CLI::App& verb, std::optional<std::size_t>& profile);

}  // namespace colonnade
