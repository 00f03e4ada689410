// What this build and machine can be, against what an engine file was built for.
#pragma once

#include <string>

#include "base/precision.hpp"
#include "engine_file/contents.hpp"

namespace colonnade {

std::string this_architecture();

/// "colonnade 0.1.0": engines of another version may differ in their boxes' last bits.
std::string this_tool();

/// What a caller wants an engine to be; "auto": whatever it is.
struct AskedTarget {
  std::string backend = "auto", isa = "auto", precision = "auto";
  /// Of an engine that was built for something else, its graphs for that: to compare. Else it's
  /// refused.
  bool anew = false;
};

/// Error(unsupported) of a TensorRT plan. Error(mismatch), with the command that would rebuild it,
/// unless this machine is the target and what is asked for is its own.
void check_target(const EngineContents& contents, const AskedTarget& asked,
                  const std::string& where);

/// The same unless this machine makes of the precision what the one that built it made.
void check_precision(const EngineContents& contents, const PrecisionChoice& here,
                     const std::string& where);

}  // namespace colonnade
