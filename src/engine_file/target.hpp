// What this build and machine can be, against what an engine file was built for.
#pragma once

#include <string>

#include "engine_file/contents.hpp"

namespace colonnade {

std::string this_architecture();

/// "colonnade 0.1.0": engines of another version may differ in their boxes' last bits.
std::string this_tool();

/// Error(unsupported) of a TensorRT plan. Error(mismatch), with the command that would rebuild it,
/// unless this machine is the target and `backend` and `isa` are its own or "auto".
void check_target(const EngineContents& contents, const std::string& backend,
                  const std::string& isa, const std::string& where);

}  // namespace colonnade
