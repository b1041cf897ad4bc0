#include "mailtool/client/deflate_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace mailtool::client {
namespace {

// RFC 4978 section 3: no zlib header, a window of 32 KiB.
constexpr int kRawDeflate = -15;
constexpr int kMemoryLevel = 9;

// zlib's own choice: commands are short, and messages go up at the pace of the
// line.
constexpr int kLevel = Z_DEFAULT_COMPRESSION;

// zlib counts in unsigned int.
constexpr std::size_t kMostAtOnce = std::numeric_limits<uInt>::max() / 2;

Bytef* as_bytes(char* octets) { return reinterpret_cast<Bytef*>(octets); }

}  // namespace

struct DeflateStream::Codec {
  z_stream in{};
  z_stream out{};
  bool in_made = false;
  bool out_made = false;
  bool ended = false;              // the peer ended its stream
  std::string received;            // compressed
  std::size_t used = 0;            // of `received`
  std::array<char, kPiece> ready;  // inflated
  std::size_t begin = 0;
  std::size_t end = 0;

  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  ~Codec() {
    if (in_made) inflateEnd(&in);
    if (out_made) deflateEnd(&out);
  }
};

DeflateStream::DeflateStream(std::unique_ptr<Stream> inner)
    : inner_(std::move(inner)) {}
DeflateStream::~DeflateStream() = default;

Result<void> DeflateStream::begin() {
  auto codec = std::make_unique<Codec>();
  codec->in_made = inflateInit2(&codec->in, kRawDeflate) == Z_OK;
  codec->out_made = deflateInit2(&codec->out, kLevel, Z_DEFLATED, kRawDeflate,
                                 kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK;
  if (!codec->in_made || !codec->out_made) {
    return Error{ErrorKind::system, "no memory to compress"};
  }
  codec->received = held_.substr(given_);
  held_ = {};
  codec_ = std::move(codec);
  return {};
}

Result<void> DeflateStream::inflate_some() {
  auto& codec = *codec_;
  if (codec.begin != codec.end || codec.ended) return {};
  auto& in = codec.in;
  in.next_in = as_bytes(codec.received.data() + codec.used);
  in.avail_in = static_cast<uInt>(codec.received.size() - codec.used);
  in.next_out = as_bytes(codec.ready.data());
  in.avail_out = static_cast<uInt>(codec.ready.size());
  const int done = inflate(&in, Z_SYNC_FLUSH);
  codec.used = codec.received.size() - in.avail_in;
  codec.begin = 0;
  codec.end = codec.ready.size() - in.avail_out;
  codec.ended = done == Z_STREAM_END;
  // Z_BUF_ERROR: more has to come first.
  if (done == Z_OK || done == Z_STREAM_END || done == Z_BUF_ERROR) return {};
  return Error{ErrorKind::protocol, "what the server sends is not compressed",
               "COMPRESS"};
}

// No more than a line, where that is asked for.
Result<std::size_t> DeflateStream::read_line_of(std::span<char> into) {
  if (given_ == held_.size()) {
    held_.resize(kPiece);
    given_ = 0;
    auto count = inner_->read_some(held_);
    held_.resize(count ? *count : 0);
    if (!count || *count == 0) return count;
  }
  auto some = std::string_view(held_).substr(given_);
  const auto end = some.find('\n');
  if (line_by_line_ && end != some.npos) some = some.substr(0, end + 1);
  const auto count = std::min(into.size(), some.size());
  std::copy_n(some.begin(), count, into.begin());
  given_ += count;
  return count;
}

Result<std::size_t> DeflateStream::read_some(std::span<char> into) {
  if (!codec_) {
    const bool plain = !line_by_line_ && given_ == held_.size();
    return plain ? inner_->read_some(into) : read_line_of(into);
  }
  auto& codec = *codec_;
  while (true) {
    if (auto made = inflate_some(); !made) return std::move(made).error();
    if (codec.begin != codec.end) break;
    if (codec.ended) return std::size_t{0};
    codec.received.resize(kPiece);
    codec.used = 0;
    auto count = inner_->read_some(codec.received);
    codec.received.resize(count ? *count : 0);
    if (!count || *count == 0) return count;
  }
  const auto count = std::min(into.size(), codec.end - codec.begin);
  std::copy_n(codec.ready.begin() + static_cast<std::ptrdiff_t>(codec.begin),
              count, into.begin());
  codec.begin += count;
  return count;
}

bool DeflateStream::readable() {
  if (!codec_) return given_ < held_.size() || inner_->readable();
  // A stream that cannot be inflated is told of by the next read.
  if (!inflate_some()) return true;
  return codec_->begin != codec_->end || codec_->ended || inner_->readable();
}

Result<bool> DeflateStream::await_readable(std::chrono::milliseconds budget) {
  if (codec_ ? !inflate_some() || codec_->begin != codec_->end
             : given_ < held_.size()) {
    return true;
  }
  return inner_->await_readable(budget);
}

std::string DeflateStream::deflated(std::string_view octets) {
  auto& out = codec_->out;
  std::string compressed;
  std::array<char, kPiece> piece;
  do {
    const auto part = octets.substr(0, kMostAtOnce);
    octets.remove_prefix(part.size());
    out.next_in = as_bytes(const_cast<char*>(part.data()));
    out.avail_in = static_cast<uInt>(part.size());
    do {
      out.next_out = as_bytes(piece.data());
      out.avail_out = static_cast<uInt>(piece.size());
      deflate(&out, octets.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      compressed.append(piece.data(), piece.size() - out.avail_out);
    } while (out.avail_out == 0);
  } while (!octets.empty());
  return compressed;
}

Result<void> DeflateStream::write_all(std::string_view octets) {
  if (!codec_) return inner_->write_all(octets);
  if (octets.empty()) return {};
  return inner_->write_all(deflated(octets));
}

Result<void> DeflateStream::write_secret(std::string_view octets,
                                         std::string_view shown) {
  if (!codec_) return inner_->write_secret(octets, shown);
  return inner_->write_secret(deflated(octets), shown);
}

}  // namespace mailtool::client
