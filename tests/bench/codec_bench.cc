// Throughput of the codecs in octets a second, in memory.

#include <benchmark/benchmark.h>

#include <string>

#include "mailtool/base/base64.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/transfer_encoding.h"
#include "mailtool/pop3/multiline.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool {
namespace {

class NullSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    benchmark::DoNotOptimize(octets.data());
    return {};
  }
};

std::string text_of(std::size_t octets, std::string_view line_end) {
  std::string text;
  while (text.size() < octets) {
    text +=
        "The quick brown fox jumps over the lazy dog, and again, 72 octets..";
    text += line_end;
  }
  return text;
}

// Lines of 76 characters.
std::string base64_of(std::size_t octets, std::string_view line_end) {
  std::string text;
  std::string plain(57, 'x');
  while (text.size() < octets) {
    for (auto& c : plain) c = static_cast<char>(c * 5 + 3);
    text += base64_encode(plain);
    text += line_end;
  }
  return text;
}

// Text of lines of 72 octets, of which `percent` need an escape, by chance.
std::string escapable(std::size_t octets, unsigned percent) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < octets) {
    state = state * 1664525u + 1013904223u;
    const auto by_chance = state >> 16;
    if (text.size() % 73 == 72) {
      text += '\n';
    } else if (by_chance % 100 < percent) {
      text += static_cast<char>(0x80 | (by_chance & 0x7f));
    } else {
      text +=
          by_chance % 7 == 0 ? ' ' : static_cast<char>('a' + by_chance % 26);
    }
  }
  return text;
}

std::string quoted_printable_of(const std::string& text) {
  StringSink out(text.size() * 4);
  mime::QuotedPrintableEncoder encoder(out);
  (void)encoder.write(text);
  (void)encoder.finish();
  return out.take();
}

constexpr std::size_t kOctets = 4 * 1024 * 1024;
constexpr std::size_t kChunk = 64 * 1024;

template <class Feed>
void in_chunks(benchmark::State& state, const std::string& input, Feed feed) {
  for (auto _ : state) feed(std::string_view(input));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(input.size()));
}

void smtp_stuffing(benchmark::State& state) {
  in_chunks(state, text_of(kOctets, "\n"), [](std::string_view rest) {
    smtp::DataStuffer stuffer;
    std::string wire;
    while (!rest.empty()) {
      wire.clear();
      (void)stuffer.feed(rest.substr(0, kChunk), wire);
      rest.remove_prefix(std::min(kChunk, rest.size()));
    }
    benchmark::DoNotOptimize(wire.data());
  });
}
BENCHMARK(smtp_stuffing);

// Un-stuffing what RETR brings. The argument: every how many lines one begins
// with a dot; 0: none.
void pop3_unstuffing(benchmark::State& state) {
  const auto every = static_cast<std::size_t>(state.range(0));
  std::string wire;
  for (std::size_t line = 1; wire.size() < kOctets; ++line) {
    if (every != 0 && line % every == 0) wire += "..";
    wire += text_of(1, "\r\n");
  }
  wire += ".\r\n";
  in_chunks(state, wire, [](std::string_view rest) {
    pop3::MultilineDecoder decoder;
    NullSink sink;
    while (!decoder.done()) {
      const auto chunk = rest.substr(0, kChunk);
      rest.remove_prefix(*decoder.feed(chunk, sink));
    }
  });
}
BENCHMARK(pop3_unstuffing)->Arg(0)->Arg(20)->Arg(1);

void decoding(benchmark::State& state, mime::TransferEncoding encoding,
              const std::string& body) {
  mime::BodyDecoder decoder;
  NullSink sink;
  in_chunks(state, body, [&](std::string_view text) {
    decoder.begin(encoding, sink);
    (void)decoder.write(text);
    (void)decoder.finish();
  });
}

template <class Encoder>
void encoding(benchmark::State& state, const std::string& body,
              VectorLevel level) {
  in_chunks(state, body, [level](std::string_view text) {
    NullSink sink;
    Encoder encoder(sink, level);
    (void)encoder.write(text);
    (void)encoder.finish();
  });
}

// The routines of each level; those above this machine's are its own.
template <class Decoder>
void decoding_at(benchmark::State& state, const std::string& body) {
  NullSink sink;
  Decoder decoder(sink, {}, static_cast<VectorLevel>(state.range(0)));
  in_chunks(state, body, [&](std::string_view text) {
    decoder.begin(sink, {});
    (void)decoder.write(text);
    (void)decoder.finish();
  });
}

void base64_decoding_lf(benchmark::State& state) {
  decoding_at<mime::Base64Decoder>(state, base64_of(kOctets, "\n"));
}
BENCHMARK(base64_decoding_lf)->DenseRange(0, 2);

void base64_decoding_crlf(benchmark::State& state) {
  decoding_at<mime::Base64Decoder>(state, base64_of(kOctets, "\r\n"));
}
BENCHMARK(base64_decoding_crlf)->DenseRange(0, 2);

void base64_decoding_small(benchmark::State& state) {
  decoding(state, mime::TransferEncoding::base64, base64_of(4000, "\r\n"));
}
BENCHMARK(base64_decoding_small);

// A line that does not end with a group, as nothing should write it.
void base64_decoding_odd_lines(benchmark::State& state) {
  auto body = base64_of(kOctets, "\n");
  for (std::size_t at = 70; at < body.size(); at += 78)
    body.insert(at, 1, '\n');
  decoding(state, mime::TransferEncoding::base64, body);
}
BENCHMARK(base64_decoding_odd_lines);

void base64_encoding(benchmark::State& state) {
  encoding<mime::Base64Encoder>(state, text_of(kOctets, "\n"),
                                static_cast<VectorLevel>(state.range(0)));
}
BENCHMARK(base64_encoding)->DenseRange(0, 2);

// The arguments: the level, and percent of octets that are escaped.
void quoted_printable_decoding(benchmark::State& state) {
  const auto body = quoted_printable_of(
      escapable(kOctets, static_cast<unsigned>(state.range(1))));
  decoding_at<mime::QuotedPrintableDecoder>(state, body);
}
BENCHMARK(quoted_printable_decoding)->ArgsProduct({{0, 1, 2}, {0, 2, 30}});

void quoted_printable_encoding(benchmark::State& state) {
  encoding<mime::QuotedPrintableEncoder>(
      state, escapable(kOctets, static_cast<unsigned>(state.range(1))),
      static_cast<VectorLevel>(state.range(0)));
}
BENCHMARK(quoted_printable_encoding)->ArgsProduct({{0, 1}, {0, 2, 30}});

void identity_decoding(benchmark::State& state) {
  decoding(state, mime::TransferEncoding::identity, text_of(kOctets, "\n"));
}
BENCHMARK(identity_decoding);

void copying(benchmark::State& state) {
  std::string copy(kOctets, '\0');
  in_chunks(state, text_of(kOctets, "\n"), [&](std::string_view text) {
    text.copy(copy.data(), copy.size());
    benchmark::DoNotOptimize(copy.data());
  });
}
BENCHMARK(copying);

void mime_structure(benchmark::State& state) {
  std::string message =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
  message += text_of(kOctets / 2, "\r\n") +
             "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             base64_of(kOctets / 2, "\r\n") + "--b--\r\n";
  in_chunks(state, message, [](std::string_view rest) {
    mime::Parser parser;
    while (!rest.empty()) {
      parser.feed(rest.substr(0, kChunk));
      rest.remove_prefix(std::min(kChunk, rest.size()));
    }
    benchmark::DoNotOptimize(parser.finish().parts.size());
  });
}
BENCHMARK(mime_structure);

void printable_text(benchmark::State& state) {
  const auto text = text_of(kOctets / 64, " ");
  in_chunks(state, text, [](std::string_view input) {
    benchmark::DoNotOptimize(printable(input, input.size()).size());
  });
}
BENCHMARK(printable_text);

}  // namespace
}  // namespace mailtool
