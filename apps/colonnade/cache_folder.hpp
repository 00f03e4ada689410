// Where engines are cached.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace colonnade {

/// The option --cache, `extra` being alternatives of a folder ("|none").
void add_cache(CLI::App& verb, std::string& cache, const std::string& extra = {});

/// `cache`, or where it's empty ${XDG_CACHE_HOME:-~/.cache}/colonnade. Error(invalid_argument):
/// there is no such folder to be told.
std::string cache_folder(const std::string& cache);

}  // namespace colonnade
