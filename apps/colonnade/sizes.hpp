// Amounts of memory on the command line.
#pragma once

#include <cstdint>
#include <string>

namespace colonnade {

/// "512M", "2G", "100K"; a number alone is of MiB. Error(invalid_argument) at `where`.
std::uint64_t parse_size(const std::string& text, const std::string& where);

/// --workspace, or --memPoolSize, which names the pool: "512M", "workspace:4096". There's one here.
std::uint64_t parse_workspace(const std::string& text);

/// "4.7 MB"
std::string size_text(std::uint64_t bytes);

}  // namespace colonnade
