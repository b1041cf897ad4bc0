#include "signing/source_bio.h"

#include <algorithm>
#include <cstring>

namespace mailtool::signing {
namespace {

constexpr std::size_t kChunk = 16 * 1024;

int read_bio(BIO* bio, char* into, int size) {
  if (size <= 0) return 0;
  return static_cast<CrlfReader*>(BIO_get_data(bio))->read(into, size);
}

// Flushing has nothing to do and succeeds; nothing else is asked in earnest.
long control_bio(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

struct FreeMethod {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};
using MethodPointer = std::unique_ptr<BIO_METHOD, FreeMethod>;

const BIO_METHOD* source_method() {
  static const MethodPointer method = [] {
    MethodPointer made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                                    "mailtool source"));
    if (made && (BIO_meth_set_read(made.get(), read_bio) != 1 ||
                 BIO_meth_set_ctrl(made.get(), control_bio) != 1)) {
      made.reset();
    }
    return made;
  }();
  return method.get();
}

}  // namespace

bool CrlfReader::fill() {
  char chunk[kChunk];
  const auto count = source_.read_some(chunk);
  if (!count) {
    error_ = count.error();
    return false;
  }
  ready_.clear();
  used_ = 0;
  for (const char c : std::string_view(chunk, *count)) {
    if (c == '\n' && last_ != '\r') ready_ += '\r';
    ready_ += c;
    last_ = c;
  }
  return true;
}

int CrlfReader::read(char* into, int size) {
  if (error_) return -1;
  if (used_ == ready_.size() && !fill()) return -1;
  const auto count =
      std::min(static_cast<std::size_t>(size), ready_.size() - used_);
  std::memcpy(into, ready_.data() + used_, count);
  used_ += count;
  return static_cast<int>(count);
}

BioPointer make_source_bio(CrlfReader& reader) {
  const auto* method = source_method();
  BioPointer bio(method != nullptr ? BIO_new(method) : nullptr);
  if (!bio) return nullptr;
  BIO_set_data(bio.get(), &reader);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace mailtool::signing
