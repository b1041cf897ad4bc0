#include "app/media_type_by_content.h"

#include <dlfcn.h>
#include <magic.h>
#include <utility>

namespace mailtool::app {
namespace {

// Formats are told by their beginning; more would cost time alone.
constexpr std::size_t kLooked = 256 * 1024;

}  // namespace

class MediaTypeByContent::Magic {
 public:
  explicit Magic(const char* library)
      : handle_(::dlopen(library, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) return;
    const auto open = function<decltype(::magic_open)>("magic_open");
    const auto load = function<decltype(::magic_load)>("magic_load");
    close_ = function<decltype(::magic_close)>("magic_close");
    buffer_ = function<decltype(::magic_buffer)>("magic_buffer");
    if (!open || !load || !close_ || !buffer_) return;
    // What an archive holds is not the type of the archive.
    cookie_ = open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS |
                   MAGIC_NO_CHECK_ELF);
    if (cookie_ != nullptr && load(cookie_, nullptr) != 0) {
      close_(cookie_);
      cookie_ = nullptr;
    }
  }
  Magic(const Magic&) = delete;
  Magic& operator=(const Magic&) = delete;
  ~Magic() {
    if (cookie_ != nullptr) close_(cookie_);
    if (handle_ != nullptr) ::dlclose(handle_);
  }

  [[nodiscard]] std::string type_of(std::string_view head) const {
    if (cookie_ == nullptr) return {};
    head = head.substr(0, kLooked);
    const char* const type = buffer_(cookie_, head.data(), head.size());
    return type == nullptr ? std::string() : std::string(type);
  }

 private:
  template <class Function>
  Function* function(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(handle_, name));
  }

  void* handle_;
  decltype(::magic_close)* close_ = nullptr;
  decltype(::magic_buffer)* buffer_ = nullptr;
  magic_t cookie_ = nullptr;
};

MediaTypeByContent::MediaTypeByContent(std::string library)
    : library_(std::move(library)) {}

MediaTypeByContent::~MediaTypeByContent() = default;

std::string MediaTypeByContent::operator()(std::string_view head) {
  if (!magic_) magic_ = std::make_unique<Magic>(library_.c_str());
  return magic_->type_of(head);
}

}  // namespace mailtool::app
