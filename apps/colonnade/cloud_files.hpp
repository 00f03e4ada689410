// Which clouds, and which model, the words of the command line mean.
#pragma once

#include <string>
#include <vector>

namespace colonnade {

/// The clouds of files and folders, in the order given; a folder's in the order of their names.
/// Error(io | invalid_argument): a folder that can't be read or holds no cloud.
std::vector<std::string> list_clouds(const std::vector<std::string>& arguments);

/// Error(invalid_argument) where the model is a folder, which is a likely slip.
void refuse_folder(const std::string& model);

/// One line on standard error that names the file.
void report_failure(const std::string& file, const std::string& message);

}  // namespace colonnade
