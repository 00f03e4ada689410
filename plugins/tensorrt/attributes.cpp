#include "tensorrt/attributes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace colonnade::plugins {

using nvinfer1::PluginFieldType;

bool Attributes::read(const nvinfer1::PluginFieldCollection& fields, std::string& problem) {
  for (Attribute& attribute : all_) {
    const nvinfer1::PluginField* const end = fields.fields + fields.nbFields;
    const auto* field = std::find_if(fields.fields, end, [&](const auto& one) {
      return one.name != nullptr && std::strcmp(one.name, attribute.name) == 0;
    });
    const bool is_given = field != end && field->length > 0 && field->data != nullptr;
    if (!is_given && attribute.words.size() == attribute.length) continue;
    const auto type = attribute.is_float ? PluginFieldType::kFLOAT32 : PluginFieldType::kINT32;
    if (!is_given || field->type != type ||
        static_cast<std::size_t>(field->length) != attribute.length) {
      problem = std::string("attribute '") + attribute.name + "': expected " +
                std::to_string(attribute.length) + (attribute.is_float ? " float" : " int32") +
                ", found " + (is_given ? std::to_string(field->length) + " elements" : "none");
      return false;
    }
    attribute.words.resize(attribute.length);
    std::memcpy(attribute.words.data(), field->data, attribute.length * sizeof(std::uint32_t));
  }
  return true;
}

std::vector<std::uint32_t> Attributes::bytes() const {
  std::vector<std::uint32_t> words;
  for (const Attribute& attribute : all_) {
    words.insert(words.end(), attribute.words.begin(), attribute.words.end());
  }
  return words;
}

bool Attributes::read(const void* data, std::size_t size) {
  std::size_t expected = 0;
  for (const Attribute& attribute : all_) expected += attribute.length * sizeof(std::uint32_t);
  if (size != expected) return false;
  const auto* from = static_cast<const unsigned char*>(data);
  for (Attribute& attribute : all_) {
    attribute.words.resize(attribute.length);
    const std::size_t bytes = attribute.length * sizeof(std::uint32_t);
    std::memcpy(attribute.words.data(), from, bytes);
    from += bytes;
  }
  return true;
}

std::vector<nvinfer1::PluginField> Attributes::fields() const {
  std::vector<nvinfer1::PluginField> fields;
  for (const Attribute& attribute : all_) {
    fields.emplace_back(attribute.name, attribute.words.empty() ? nullptr : attribute.words.data(),
                        attribute.is_float ? PluginFieldType::kFLOAT32 : PluginFieldType::kINT32,
                        static_cast<std::int32_t>(attribute.words.size()));
  }
  return fields;
}

const Attribute& Attributes::find(const char* name) const {
  return *std::find_if(all_.begin(), all_.end(), [&](const Attribute& attribute) {
    return std::strcmp(attribute.name, name) == 0;
  });
}

std::int32_t Attributes::integer(const char* name, std::size_t at) const {
  return std::bit_cast<std::int32_t>(find(name).words.at(at));
}

float Attributes::number(const char* name, std::size_t at) const {
  return std::bit_cast<float>(find(name).words.at(at));
}

}  // namespace colonnade::plugins
