// Localize each FASTA of --transcripts.
//
//     nextflow run examples/localize.nf --transcripts 'transcripts/*.fa'

params.transcripts = 'transcripts/*.fa'
params.outdir = 'localized'

process LOCALIZE {
    tag "${fasta.baseName}"
    cpus 1
    publishDir params.outdir, mode: 'copy'

    input:
    path fasta

    output:
    path "${fasta.baseName}.tsv"
    path "${fasta.baseName}.html"

    script:
    """
    graphkit localize ${fasta} -o ${fasta.baseName}.tsv --report ${fasta.baseName}.html --threads ${task.cpus}
    """
}

workflow {
    LOCALIZE(Channel.fromPath(params.transcripts, checkIfExists: true))
}
