import torch


def test_facts_for_a_bug_report(run):
    result = run("env")
    assert result.exit_code == 0
    facts = dict(line.split("\t") for line in result.stdout.splitlines())
    assert facts["torch"] == torch.__version__
    assert facts["threads"] == str(torch.get_num_threads())
    assert facts["devices"].startswith("cpu")
    assert {"graphkit-bio", "python", "platform", "processors"} <= set(facts)
