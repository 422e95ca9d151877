// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

/// <summary>What this library makes of some bytes, as text that can be compared with what the manifest says.</summary>
/// <remarks>
/// The library reads neither HELLO nor READY, which only a broker is sent, and not the value of UNIMPLEMENTED. Outside
/// of REQUEST an unknown critical TLV is a protocol error to it. Of HELLO_ACK it keeps the smaller max_chunk, and forgets
/// the features required once it has them.
/// </remarks>
internal static partial class LibraryReading
{
    private const string Valid = "valid";
    private const string Broken = "protocol_error";
    private const string Critical = "unknown_critical";

    private static readonly HelloOffer _offer = new(PeerRole.Worker, "test")
    {
        WireVersionMin = 0, WireVersionMax = ushort.MaxValue, FeaturesSupported = ulong.MaxValue,
    };

    /// <summary>What is left of the manifest's word on a frame's metadata after the remarks above.</summary>
    public static string Metadata(int type, string verdict, IEnumerable<(string Name, string Value)> values)
    {
        var frameType = (FrameType)type;
        if (frameType is FrameType.Hello or FrameType.Ready)
        {
            return "metadata not read\n";
        }

        string heard = verdict == Critical && frameType != FrameType.Request ? Broken : verdict;
        IEnumerable<string> kept = values
            .Where(value => frameType != FrameType.Unimplemented && value.Name != "features_required")
            .Select(value => value.Name == "max_chunk" ? (value.Name, $"{Math.Min(ulong.Parse(value.Value), 65_536)}") : value)
            .Select(value => $"    {value.Item1} = {value.Item2}\n");
        return $"metadata {heard}\n{string.Concat(kept)}";
    }

    /// <summary>Gives the reader the bytes in pieces that end at <paramref name="cuts"/>, which rise.</summary>
    public static string Read(byte[] bytes, IEnumerable<int> cuts)
    {
        var text = new StringBuilder();
        var reader = new FrameReader();
        int at = 0;
        try
        {
            foreach (int end in cuts.Append(bytes.Length))
            {
                bytes.AsSpan(at, end - at).CopyTo(reader.FreeSpace.Span);
                reader.Advance(end - at);
                at = end;
                while (reader.TryRead(out Frame frame))
                {
                    text.Append(Described(frame));
                }
            }
        }
        catch (ProtocolException exception)
        {
            return text.Append($"end {exception.Error}").ToString();
        }

        return text.Append(reader.InFrame ? "end cut_off" : "end whole").ToString();
    }

    private static string Described(Frame frame)
    {
        FrameHeader header = frame.Header;
        string payload = ConformanceVector.PayloadText(frame.Payload);
        string line = $"type {(int)header.Type} flags {(int)header.Flags} stream {header.StreamId} "
            + $"deadline {header.DeadlineMicroseconds} payload [{payload}] ";
        var values = new List<(string, string)>();
        string verdict = header.IsKnown ? Decode(header.Type, frame.Meta, values) : Valid;
        return line + Metadata((int)header.Type, verdict, values.OrderBy(value => value.Item1, StringComparer.Ordinal));
    }

    private static string Decode(FrameType type, ReadOnlySpan<byte> metadata, List<(string Name, string Value)> values)
    {
        try
        {
            switch (type)
            {
                case FrameType.Hello or FrameType.Ready: break;
                case FrameType.HelloAck: AddAnswer(values, metadata); break;
                case FrameType.Request: return AddRequest(values, RequestMeta.Decode(metadata));
                case FrameType.End: AddEnd(values, EndMeta.Decode(metadata)); break;
                case FrameType.Window: values.Add(("credit", $"{SmallMessages.DecodeCredit(metadata)}")); break;
                case FrameType.Ping or FrameType.Pong: values.Add(("opaque", $"{SmallMessages.DecodeOpaque(metadata)}")); break;
                case FrameType.GoAway: AddGoAway(values, GoAway.Decode(metadata)); break;
                case FrameType.Unimplemented: SmallMessages.CheckUnimplemented(metadata); break;
                default: SmallMessages.CheckNone(metadata); break;
            }

            return Valid;
        }
        catch (ProtocolException)
        {
            values.Clear();
            return Broken;
        }
    }

    private static void AddAnswer(List<(string Name, string Value)> values, ReadOnlySpan<byte> metadata)
    {
        try
        {
            HelloAck ack = Opening.DecodeHelloAck(metadata, _offer);
            values.AddRange([
                ("result", "0"), ("wire_version", $"{ack.WireVersion}"),
                ("instance_id", ConformanceVector.Hex(ack.InstanceId.Span)),
                ("wire_version_min", $"{ack.WireVersionMin}"), ("wire_version_max", $"{ack.WireVersionMax}"),
                ("max_chunk", $"{ack.MaxChunk}"), ("max_streams", $"{ack.MaxStreams}"),
                ("stream_window", $"{ack.StreamWindow}"), ("connection_window", $"{ack.ConnectionWindow}"),
                ("max_payload", $"{ack.MaxPayload}")]);
            AddUnlessEmpty(values, "features_supported", ack.FeaturesSupported == 0 ? "" : $"{ack.FeaturesSupported}");
            AddUnlessEmpty(values, "library_name", ack.LibraryName);
            AddUnlessEmpty(values, "library_version", ack.LibraryVersion);
        }
        catch (RefusedException refusal)
        {
            Match said = Refusal().Match(refusal.Message);
            values.AddRange([
                ("result", $"{(int)refusal.Status}"), ("message", said.Groups["message"].Value),
                ("wire_version_min", said.Groups["low"].Value), ("wire_version_max", said.Groups["high"].Value)]);
        }
    }

    private static string AddRequest(List<(string Name, string Value)> values, RequestMeta request)
    {
        if (request.HasUnknownCritical)
        {
            return Critical;
        }

        values.Add(("route", Encoding.UTF8.GetString(request.Route)));
        AddUnlessEmpty(values, "traceparent", request.TraceParent?[3..].Replace("-", ""));
        AddUnlessEmpty(values, "content_type", request.ContentType);
        AddUnlessEmpty(values, "idempotency_key", request.IdempotencyKey);
        AddUnlessEmpty(values, "tracestate", request.TraceState);
        AddUnlessEmpty(values, "caller_sid", request.CallerSid);
        AddUnlessEmpty(values, "caller_account", request.CallerAccount);
        AddUnlessEmpty(values, "caller_integrity", request.CallerIntegrity is null or 0 ? "" : $"{request.CallerIntegrity}");
        AddUnlessEmpty(values, "caller_session", request.CallerSession is null or 0 ? "" : $"{request.CallerSession}");
        values.AddRange((request.Metadata ?? []).Select(pair => ("app_metadata", $"{pair.Key}={pair.Value}")));
        return Valid;
    }

    private static void AddEnd(List<(string Name, string Value)> values, EndMeta end)
    {
        values.AddRange([
            ("status", $"{(int)end.Status}"), ("retry", $"{(int)end.Retry}"), ("origin", $"{(int)end.Origin}"),
            ("worker_received", end.WorkerReceived ? "1" : "0")]);
        AddUnlessEmpty(values, "message", end.Message);
        AddUnlessEmpty(values, "content_type", end.ContentType);
        values.AddRange(end.Metadata.Select(pair => ("app_metadata", $"{pair.Key}={pair.Value}")));
        AddUnlessEmpty(values, "detail", ConformanceVector.Hex(end.Detail.Span));
        AddUnlessEmpty(values, "retry_after_us", end.RetryAfterMicroseconds == 0 ? "" : $"{end.RetryAfterMicroseconds}");
    }

    private static void AddGoAway(List<(string Name, string Value)> values, GoAway goAway)
    {
        values.AddRange([("last_stream", $"{goAway.LastStream}"), ("status", $"{(int)goAway.Status}")]);
        AddUnlessEmpty(values, "message", goAway.Message);
    }

    private static void AddUnlessEmpty(List<(string Name, string Value)> values, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            values.Add((name, value));
        }
    }

    [GeneratedRegex(@"^\w+: (?<message>.*) \(it speaks wire versions (?<low>\d+) to (?<high>\d+), ", RegexOptions.Singleline)]
    private static partial Regex Refusal();
}
