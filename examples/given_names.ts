/** Given names that are common in several languages of Europe. @module */

/** Names, each once. */
export const GIVEN_NAMES: readonly string[] = `
Ada Adam Adele Adrian Agatha Agnes Alan Albert Alexander Alfred Alice Alina Alma Amalia Amanda Amelia Andrea Angela
Anita Anna Annabel Anton Antonia Arnold Arthur Astrid August Aurora Barbara Beata Beatrice Benedict Benjamin Bernard
Bertha Bianca Boris Bruno Camilla Carl Carla Carmen Carolina Caroline Caspar Catherine Cecilia Charlotte Christian
Christina Clara Claudia Clemens Conrad Constance Cora Cordelia Cornelia Cyril Daniel Daniela Daphne David Delia Diana
Dominic Dora Doris Dorothea Edgar Edith Edmund Edward Elena Eleanor Elisa Elizabeth Ella Ellen Elmar Elsa Emil Emilia
Emma Erica Ernest Esther Eugene Eva Evelyn Fabian Felicia Felix Ferdinand Flora Florian Frances Francis Frederica
Frederick Frida Gabriel Gabriela George Gerald Gerard Gertrude Gloria Grace Gregor Greta Gustav Hanna Harald Harriet
Hector Hedwig Helena Helga Henrietta Henry Herbert Herman Hilda Hubert Hugo Ida Ignatius Igor Ilona Immanuel Ines
Ingrid Irene Iris Irma Isabel Isidor Ivan Jacob Jana Jasmin Jasper Joachim Joan Johanna Jonas Jonathan Josephine
Judith Julia Julian Juliana Julius Justin Karin Kilian Klara Konrad Lara Laura Laurence Lena Leo Leonard Leonora
Leopold Lilian Linda Lionel Lorenzo Louis Louisa Lucas Lucia Lucian Ludwig Lydia Magdalena Manuel Marcel Margaret
Maria Marian Marina Marius Mark Martha Martin Martina Matilda Matthew Maximilian Melanie Melina Mercedes Michael
Milena Mina Miranda Miriam Monica Moritz Nadia Natalia Nicholas Nicola Nora Norbert Norman Olga Oliver Olivia Oscar
Oswald Ottilia Otto Patricia Paul Paula Paulina Peter Petra Philip Philippa Rafael Raimund Ramona Raphael Rebecca
Regina Renata Richard Rita Robert Roberta Roderick Roland Rosa Rosalind Rosamund Rudolf Rupert Ruth Sabina Samuel
Sara Sebastian Selma Severin Sibyl Sidonia Siegfried Silvia Simon Simone Sofia Sonia Stella Stephan Stephanie Susanna
Sylvester Tamara Tatiana Thea Theodora Theodore Theresa Thomas Timothy Tobias Ulric Ulrica Ursula Valentin Valentina
Valeria Vera Verena Veronica Victor Victoria Vincent Viola Violet Virginia Vivian Walter Werner Wilhelmina William
Winifred Xaver Xenia Yvonne Zita
`.trim().split(/\s+/);
