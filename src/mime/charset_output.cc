#include "mime/charset_output.h"

#include <cstring>
#include <utility>

#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

// A text of this length is worth a write of its own.
constexpr std::size_t kLong = 1024;

}  // namespace

void CharsetOutput::reset(Sink& out) {
  out_ = &out;
  used_ = 0;
  written_ = {};
  findings_ = {};
}

void CharsetOutput::write_buffer() {
  const auto size = std::exchange(used_, 0);
  if (size > 0 && written_) written_ = out_->write({buffer_.get(), size});
}

Result<void> CharsetOutput::flush() {
  write_buffer();
  return std::exchange(written_, {});
}

void CharsetOutput::pass(std::string_view utf8) {
  write_buffer();
  if (!utf8.empty() && written_) written_ = out_->write(utf8);
}

void CharsetOutput::put(std::string_view utf8) {
  if (utf8.size() >= kLong) return pass(utf8);
  if (utf8.empty()) return;
  std::memcpy(room(utf8.size()), utf8.data(), utf8.size());
  used_ += utf8.size();
}

char* CharsetOutput::room(std::size_t octets) {
  if (buffer_ == nullptr) buffer_ = std::make_unique<char[]>(kSize);
  if (kSize - used_ < octets) write_buffer();
  return buffer_.get() + used_;
}

void CharsetOutput::put_code_point(char32_t value) {
  used_ += write_utf8(room(4), value);
}

void CharsetOutput::replace(std::uint64_t offset, std::size_t length) {
  put("\xef\xbf\xbd");
  if (findings_.replaced++ > 0) return;
  findings_.first_offset = offset;
  findings_.first_length = static_cast<std::uint32_t>(length);
}

}  // namespace mailtool::mime
