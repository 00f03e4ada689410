// The plugins as IPluginV2DynamicExt, which TensorRT has up to 10 and wants below it.
#include <cstring>

#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

using nvinfer1::AsciiChar;
using nvinfer1::DynamicPluginTensorDesc;
using nvinfer1::PluginTensorDesc;

class Shim final : public nvinfer1::IPluginV2DynamicExt {
 public:
  Shim(const PluginKind& kind, Attributes attributes, std::unique_ptr<Plugin> plugin)
      : kind_(kind), attributes_(std::move(attributes)), plugin_(std::move(plugin)) {}

  IPluginV2DynamicExt* clone() const noexcept override {
    auto* copy = new Shim(kind_, attributes_, plugin_->clone());
    copy->namespace_ = namespace_;
    return copy;
  }
  void destroy() noexcept override { delete this; }
  std::int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}

  const AsciiChar* getPluginType() const noexcept override { return kind_.name; }
  const AsciiChar* getPluginVersion() const noexcept override { return kPluginVersion; }
  void setPluginNamespace(const AsciiChar* name) noexcept override { namespace_ = name; }
  const AsciiChar* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

  std::int32_t getNbOutputs() const noexcept override { return plugin_->outputs(); }
  nvinfer1::DataType getOutputDataType(std::int32_t output, const nvinfer1::DataType* inputs,
                                       std::int32_t) const noexcept override {
    return plugin_->output_type(output, inputs[0]);
  }
  nvinfer1::DimsExprs getOutputDimensions(std::int32_t output, const nvinfer1::DimsExprs* inputs,
                                          std::int32_t,
                                          nvinfer1::IExprBuilder& build) noexcept override {
    return plugin_->output_shape(output, inputs, build);
  }
  bool supportsFormatCombination(std::int32_t at, const PluginTensorDesc* tensors,
                                 std::int32_t inputs, std::int32_t) noexcept override {
    return inputs == plugin_->inputs() && tensors[at].format == nvinfer1::TensorFormat::kLINEAR &&
           plugin_->takes(count(at), {tensors, count(at) + 1});
  }
  void configurePlugin(const DynamicPluginTensorDesc*, std::int32_t, const DynamicPluginTensorDesc*,
                       std::int32_t) noexcept override {}
  std::size_t getWorkspaceSize(const PluginTensorDesc* inputs, std::int32_t number,
                               const PluginTensorDesc*, std::int32_t) const noexcept override {
    return plugin_->workspace({inputs, count(number)});
  }
  std::int32_t enqueue(const PluginTensorDesc* in, const PluginTensorDesc*,
                       const void* const* inputs, void* const* outputs, void* workspace,
                       cudaStream_t stream) noexcept override {
    return run(kind_, *plugin_, in, inputs, outputs, workspace, stream);
  }

  std::size_t getSerializationSize() const noexcept override {
    return attributes_.bytes().size() * sizeof(std::uint32_t);
  }
  void serialize(void* to) const noexcept override {
    const std::vector<std::uint32_t> words = attributes_.bytes();
    std::memcpy(to, words.data(), words.size() * sizeof(std::uint32_t));
  }

 private:
  const PluginKind& kind_;
  Attributes attributes_;
  std::unique_ptr<Plugin> plugin_;
  std::string namespace_;
};

class Creator final : public nvinfer1::IPluginCreator {
 public:
  explicit Creator(const PluginKind& kind)
      : kind_(kind),
        fields_(kind.defaults.fields()),
        collection_{static_cast<std::int32_t>(fields_.size()), fields_.data()} {}

  const AsciiChar* getPluginName() const noexcept override { return kind_.name; }
  const AsciiChar* getPluginVersion() const noexcept override { return kPluginVersion; }
  const nvinfer1::PluginFieldCollection* getFieldNames() noexcept override { return &collection_; }
  void setPluginNamespace(const AsciiChar* name) noexcept override { namespace_ = name; }
  const AsciiChar* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

  nvinfer1::IPluginV2* createPlugin(
      const AsciiChar*, const nvinfer1::PluginFieldCollection* fields) noexcept override {
    Attributes attributes = kind_.defaults;
    std::string problem;
    if (!attributes.read(*fields, problem)) return refuse(problem);
    return made(std::move(attributes));
  }
  nvinfer1::IPluginV2* deserializePlugin(const AsciiChar*, const void* data,
                                         std::size_t size) noexcept override {
    Attributes attributes = kind_.defaults;
    if (!attributes.read(data, size)) {
      return refuse("the plan's " + std::to_string(size) + " bytes aren't this plugin's");
    }
    return made(std::move(attributes));
  }

 private:
  nvinfer1::IPluginV2* made(Attributes attributes) const {
    std::unique_ptr<Plugin> plugin = make(kind_, attributes);
    if (plugin == nullptr) return nullptr;
    auto* shim = new Shim(kind_, std::move(attributes), std::move(plugin));
    shim->setPluginNamespace(namespace_.c_str());
    return shim;
  }
  nvinfer1::IPluginV2* refuse(const std::string& problem) const {
    tell(kind_.name, problem);
    return nullptr;
  }

  const PluginKind& kind_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_;
  std::string namespace_;
};

}  // namespace

PluginCreator* new_creator(const PluginKind& kind) {
  return new Creator(kind);
}

}  // namespace colonnade::plugins
