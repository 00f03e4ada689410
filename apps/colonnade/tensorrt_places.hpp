// Where the command looks for TensorRT and for its adapters.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tensorrt/libraries.hpp"

namespace colonnade {

/// The option that names TensorRT's folder.
void add_tensorrt_folder(CLI::App& verb, std::string& folder);

/// `folder`, if it's given; else where Python packages lie: of the active virtual environment, the
/// user and the system.
TensorRtPlaces tensorrt_places(const std::string& folder);

/// A plan alone, as `build --raw` and trtexec write it.
bool is_plan_file(const std::string& file);

}  // namespace colonnade
