// SPDX-License-Identifier: Apache-2.0
using PlugBroker.Wire;

namespace PlugBroker.Worker.Tests;

public sealed class CreditWindowTests
{
    [Fact]
    public void A_send_window_takes_credit_up_to_2_147_483_647_and_no_more()
    {
        var window = new SendWindow(100);
        window.Add(int.MaxValue - 100);

        Assert.Equal(int.MaxValue - 32, window.PayloadRoom);
        Assert.Throws<ProtocolException>(() => window.Add(1));
    }

    [Fact]
    public void Each_frame_costs_32_bytes_beside_its_payload()
    {
        var window = new SendWindow(100);

        Assert.Equal(68, window.PayloadRoom);
        window.Spend(100);

        Assert.Equal(-32, window.PayloadRoom);
    }

    [Fact]
    public void A_receive_window_may_be_spent_to_the_last_byte_and_no_further()
    {
        var window = new ReceiveWindow(100);
        window.Receive(100);

        Assert.Throws<ProtocolException>(() => window.Receive(1));
    }

    [Fact]
    public void Credit_is_granted_again_once_half_of_the_window_is_due()
    {
        var window = new ReceiveWindow(100);
        window.Receive(49);
        window.Receive(51);

        Assert.Equal(0U, window.Release(49));
        Assert.Equal(100U, window.Release(51));
        window.Receive(100);
        Assert.Throws<ProtocolException>(() => window.Receive(1));
    }

    [Fact]
    public void Credit_that_was_not_granted_again_cannot_be_spent()
    {
        var window = new ReceiveWindow(100);
        window.Receive(49);
        window.Release(49);
        window.Receive(51);

        Assert.Throws<ProtocolException>(() => window.Receive(1));
    }

    [Fact]
    public void A_window_doubles_when_it_was_used_up_and_all_that_came_was_taken()
    {
        var growth = new WindowGrowth();
        var window = new ReceiveWindow(100_000);
        window.Receive(100_000);

        Assert.Equal(200_000U, window.Release(100_000, growth));
        Assert.Equal(100_000, window.Growth);
    }

    [Fact]
    public void A_window_does_not_grow_while_the_reader_is_the_brake()
    {
        var growth = new WindowGrowth();
        var window = new ReceiveWindow(100_000);
        window.Receive(50_000);
        window.Receive(50_000);

        Assert.Equal(50_000U, window.Release(50_000, growth));
        Assert.Equal(0, window.Growth);
    }

    [Fact]
    public void A_window_does_not_grow_while_the_sender_is_the_brake()
    {
        var growth = new WindowGrowth();
        var window = new ReceiveWindow(100_000);
        window.Receive(60_000);

        Assert.Equal(60_000U, window.Release(60_000, growth));
        Assert.Equal(0, window.Growth);
    }

    [Fact]
    public void Windows_grow_to_1_MiB_and_no_further()
    {
        var growth = new WindowGrowth();
        var window = new ReceiveWindow(700_000);
        window.Receive(700_000);

        Assert.Equal(1_048_576U, window.Release(700_000, growth));
        window.Receive(1_048_576);
        Assert.Equal(1_048_576U, window.Release(1_048_576, growth));
    }

    [Fact]
    public void All_windows_of_a_connection_grow_together_by_4_MiB_at_most()
    {
        var growth = new WindowGrowth();
        var window = new ReceiveWindow(524_288);
        growth.Take((4 * 1_048_576) - 1000);
        window.Receive(524_288);

        Assert.Equal(525_288U, window.Release(524_288, growth));
        growth.GiveBack(window.Growth);
        Assert.Equal(1000, growth.Take(int.MaxValue));
    }
}
