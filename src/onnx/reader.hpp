// ONNX bytes -> Graph.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

/// Reads a model file. Unused initializers and nodes are dropped; local functions are inlined;
/// external data is read from the file's folder only. All unsupported nodes are listed in one
/// Error. `data_files` gets the names of the files of external data, relative to that folder.
Graph read_onnx(const std::string& path, std::vector<std::string>* data_files = nullptr);

/// The same from memory; `where` stands for the path in messages, `directory` for external data.
Graph read_onnx(std::span<const std::byte> bytes, const std::string& where,
                const std::string& directory = {});

}  // namespace colonnade
